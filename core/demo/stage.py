"""What all parts of the demo data share while they are made."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.database import UnitOfWork
from core.db.model import Model, sealed_fields
from core.demo.invented import Inventor
from core.ids import Ids
from core.organization.choices import DepartmentKind
from core.settings import Settings

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Employee:
    """An employee who was made."""

    id: UUID
    department: UUID
    kind: DepartmentKind


@dataclass
class Stage:
    """One run: where rows go, and what later parts need of earlier ones."""

    work: UnitOfWork
    settings: Settings
    invent: Inventor
    ids: Ids
    now: dt.datetime
    departments: dict[str, UUID] = field(default_factory=dict)
    kinds: dict[str, DepartmentKind] = field(default_factory=dict)
    staff: list[Employee] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> dt.date:
        """The day in the company's time zone."""
        return self.now.astimezone(self.settings.zone).date()

    def of(self, *kinds: DepartmentKind) -> list[Employee]:
        """The employees of departments of these kinds."""
        return [employee for employee in self.staff if employee.kind in kinds]

    async def insert(self, model: type[Model], rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Insert rows, each with its own key unless given; sealed fields are given in plain text."""
        sealed = sealed_fields(model)
        made = []
        for row in rows:
            plain = {name: row.pop(name, None) for name in sealed}
            whole: dict[str, Any] = {"id": row.get("id") or self.ids.new(), **row}
            for name, value in plain.items():
                whole |= self.work.sealer.columns_of(sealed[name], value)
            made.append(whole)
        if made:
            await self.work.session.execute(sa.insert(model.__table__), made)  # type: ignore[arg-type]
        self.counts[model.__tablename__] += len(made)
        return made


def table(name: str) -> list[dict[str, str]]:
    """A CSV file of this folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
