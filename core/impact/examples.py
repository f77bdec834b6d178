"""A few rows that a difference concerns, as the asker may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.visitors import replacement_traverse

from core.access.cells import Cells, scope, scope_condition
from core.access.relations import DEPARTMENTS, EMPLOYEE, Relations
from core.access.viewer import Viewer
from core.db.asking import ask, key
from core.db.database import Database
from core.db.sensitivity import PUBLIC

LABELS = ("name", "title")
THEIRS = "their_"


@dataclass(frozen=True, slots=True)
class Example:
    """A row. `label`: its public name, where it has one."""

    key: UUID
    label: str | None = None


async def examples_of(
    database: Database, viewer: Viewer, at: tuple[str, Cells], of: tuple[UUID, Iterable[UUID]], most: int
) -> list[Example]:
    """Rows of a type in these cells of an employee (with departments) that the viewer may see too."""
    relations, (name, cells), (employee, departments) = viewer.plan.catalogue.relations, at, of
    table = relations.table(name)
    row = table.alias()
    conditions = (
        _within(relations, name, row, viewer.plan.rows(name)),
        of_another(_within(relations.ordinary, name, row, cells)),
    )
    statement = (
        sa.select(row.c.id, *(row.c[one] for one in _labels(table)))
        .where(*conditions)
        .order_by(row.c.id)
        .limit(most)
    )
    values = {
        **viewer.parameters,
        THEIRS + EMPLOYEE: employee,
        THEIRS + DEPARTMENTS: list(departments),
    }
    return [Example(key(found), *label) for found, *label in await ask(database, statement, values)]


def _within(relations: Relations, name: str, row: Any, cells: Cells) -> sa.ColumnElement[bool]:
    wanted = scope_condition(scope(relations.possible(name), cells), relations.predicate(name, row))
    return sa.true() if wanted is None else wanted


def of_another(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition about another employee than the caller: its parameters have names of their own."""

    def renamed(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.BindParameter) and element.key in {EMPLOYEE, DEPARTMENTS}:
            return sa.bindparam(THEIRS + element.key, type_=element.type)
        return None

    return replacement_traverse(condition, {}, renamed)


def _labels(table: sa.Table) -> list[str]:
    """The column that names a row to whoever may see it; none where there is no such column."""
    return [name for name in LABELS if name in table.c and table.c[name].info["class"] is PUBLIC][:1]
