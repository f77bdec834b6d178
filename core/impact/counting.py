"""How many rows stand in which relation to whom: two grouped statements a type, however many employees."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.cells import DEPARTMENT, OWN, TEAM
from core.access.relations import Anchor, Relations
from core.db.asking import ask, key
from core.db.database import Database
from core.db.expressions import Among, ListOf
from core.db.types import Key

EMPLOYEES = "employees"
NULL: sa.ColumnElement[Any] = sa.null()

Departments = Mapping[UUID, frozenset[UUID]]
"""Employee to the departments that are theirs: their own and all below it."""


def anchored(relations: Relations, name: str) -> str:
    """The type at the end of the declared path: the one whose rows are counted."""
    step = relations.parent(name)
    return name if step is None else anchored(relations, step[1])


@dataclass
class _Places:
    """Rows of a type by owner and department, null for none."""

    total: int = 0
    by_department: Counter[UUID | None] = field(default_factory=Counter)
    of_owner: dict[UUID | None, Counter[UUID | None]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, owner: UUID | None, department: UUID | None, rows: int) -> None:
        self.total += rows
        self.by_department[department] += rows
        self.of_owner[owner][department] += rows

    def cells(self, employee: UUID, departments: frozenset[UUID]) -> Counter[int]:
        """How many rows stand in each cell, teams aside."""
        mine = self.of_owner.get(employee, Counter())
        own_inside = sum(rows for where, rows in mine.items() if where in departments)
        inside = sum(self.by_department[where] for where in departments & self.by_department.keys())
        own = mine.total()
        return Counter(
            {
                OWN | DEPARTMENT: own_inside,
                OWN: own - own_inside,
                DEPARTMENT: inside - own_inside,
                0: self.total - own - inside + own_inside,
            }
        )


async def rows_by_cell(
    database: Database, relations: Relations, name: str, employees: Departments
) -> dict[UUID, Counter[int]]:
    """For each employee: cell to how many rows of this anchored type stand in it."""
    places = _Places()
    anchor, table = relations.anchor(name), relations.table(name)
    for owner, department, rows in await ask(database, _by_place(anchor, table)):
        places.add(owner and key(owner), department and key(department), rows)
    found = {one: places.cells(one, departments) for one, departments in employees.items()}
    if anchor.team is not None:
        among = {EMPLOYEES: list(employees)}
        for member, own, department, rows in await ask(database, _in_teams(anchor, table), among):
            who = key(member)
            inside = department is not None and key(department) in employees[who]
            cell = (OWN if own else 0) | (DEPARTMENT if inside else 0)
            found[who][cell] -= rows
            found[who][cell | TEAM] += rows
    return found


def _place(anchor: Anchor, row: sa.FromClause) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    return (
        row.c[anchor.own] if anchor.own else NULL,
        row.c[anchor.department] if anchor.department else NULL,
    )


@lru_cache(maxsize=64)
def _by_place(anchor: Anchor, table: sa.Table) -> sa.Select[Any]:
    row = table.alias()
    owner, department = _place(anchor, row)
    counted = sa.select(owner, department, sa.func.count()).select_from(row)
    grouped = [one for one in (owner, department) if one is not NULL]
    return counted.group_by(*grouped) if grouped else counted


@lru_cache(maxsize=64)
def _in_teams(anchor: Anchor, table: sa.Table) -> sa.Select[Any]:
    assert anchor.team is not None  # noqa: S101
    row, team = table.alias(), anchor.team.table().alias()
    owner, department = _place(anchor, row)
    member = team.c[anchor.team.employee]
    own = sa.case((owner == member, sa.literal_column("1")), else_=sa.literal_column("0")).label("own")
    return (
        sa.select(member, own, department, sa.func.count(row.c.id.distinct()))
        .join_from(team, row, team.c[anchor.team.row] == row.c.id)
        .where(Among(member, sa.bindparam(EMPLOYEES, type_=ListOf(Key()))))
        .group_by(member, own, *([department] if department is not NULL else []))
    )
