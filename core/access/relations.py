"""How a row relates to the caller: declared on the model, made into SQL predicates here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.access.cells import (
    ALL_CELLS,
    BITS,
    DEPARTMENT,
    OWN,
    RELATIONS,
    TEAM,
    Branch,
    Cells,
    cells_of,
    scope_condition,
)
from core.db.expressions import Among, ListOf
from core.db.model import Model
from core.db.statements import Statement
from core.db.types import Key

EMPLOYEE, DEPARTMENTS, ROW = "viewer_employee", "viewer_departments", "row_key"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


@dataclass(frozen=True)
class Team:
    """A table that names the employees of a row's team."""

    table: Callable[[], sa.FromClause]
    row: str
    employee: str


@dataclass(frozen=True)
class Anchor:
    """The row itself says whose it is: columns that name an employee and a department, and a team table."""

    own: str | None = None
    department: str | None = None
    team: Team | None = None
    many: bool = False
    """Whether the rows may be so many that who is related to few of them is served by their keys."""

    @property
    def possible(self) -> Cells:
        """The cells in which such a row can stand."""
        declared = {OWN: self.own, TEAM: self.team, DEPARTMENT: self.department}
        bits = sum(bit for bit, source in declared.items() if source)
        return frozenset(c for c in ALL_CELLS if c & ~bits == 0)


@dataclass(frozen=True)
class Via:
    """The row belongs to the row that this foreign key names, and stands in that row's cell."""

    column: str


class Relations:
    """The declared relations of all models of one application, by type name (the model's class name)."""

    def __init__(self, models: Mapping[str, type[Model]]) -> None:
        """`models`: type name to model."""
        self.models = dict(models)
        self._by_table = {m.__table__: name for name, m in models.items()}
        self._cell_queries: dict[str, Statement] = {}
        for name, model in models.items():
            if model.__access__ is not None and not isinstance(model.__access__, (Anchor, Via)):
                message = f"{name}.__access__ must be an Anchor or a Via"
                raise TypeError(message)

    def table(self, name: str) -> sa.Table:
        """The table of a type."""
        return self.models[name].__table__  # type: ignore[return-value]

    def parent(self, name: str) -> tuple[str, str] | None:
        """For a type with `Via`: its column and the type that the column names."""
        declared = self.models[name].__access__
        if not isinstance(declared, Via):
            return None
        (foreign,) = self.table(name).c[declared.column].foreign_keys
        return declared.column, self._by_table[foreign.column.table]

    def anchor(self, name: str) -> Anchor:
        """The anchor at the end of the declared path; an empty one where only `all` applies."""
        step = self.parent(name)
        if step is not None:
            return self.anchor(step[1])
        declared = self.models[name].__access__
        return declared if isinstance(declared, Anchor) else Anchor()

    def possible(self, name: str) -> Cells:
        """The cells in which a row of this type can stand."""
        return self.anchor(name).possible

    def known(self, name: str) -> frozenset[str]:
        """The relations that can hold between a caller and a row of this type; `all` always."""
        return frozenset(r for r in RELATIONS if cells_of(r) & self.possible(name))

    def predicate(self, name: str, row: sa.FromClause) -> Callable[[int], sa.ColumnElement[bool]]:
        """From a relation's bit to the SQL condition that it holds between the caller and `row`.

        `row`: an alias or subquery of the type.
        """

        def holds(bit: int) -> sa.ColumnElement[bool]:
            step = self.parent(name)
            if step is None:
                return self._direct(self.anchor(name), row, bit)
            column, parent = step
            above = self.table(parent).alias()
            inner = sa.select(ONE).select_from(above)
            return sa.exists(inner.where(above.c.id == row.c[column], self.predicate(parent, above)(bit)))

        return holds

    def within(self, name: str, row: sa.FromClause, wanted: list[Branch]) -> sa.ColumnElement[bool] | None:
        """The condition that `row`, an alias of the type, stands in one of these; None where any row does.

        A row that belongs to another is looked up there once, whatever is asked about it.
        """
        step = self.parent(name)
        if wanted == [()] or step is None or any(not any(on for _, on in branch) for branch in wanted):
            return scope_condition(wanted, self.predicate(name, row))
        column, parent = step
        above = self.table(parent).alias()
        inner = self.within(parent, above, wanted)
        found = sa.select(ONE).select_from(above).where(above.c.id == row.c[column])
        return sa.exists(found if inner is None else found.where(inner))

    def _direct(self, anchor: Anchor, row: sa.FromClause, bit: int) -> sa.ColumnElement[bool]:
        if bit == OWN and anchor.own:
            return row.c[anchor.own] == employee_parameter()
        if bit == DEPARTMENT and anchor.department:
            return Among(row.c[anchor.department], departments_parameter())
        if bit == TEAM and anchor.team:
            team = anchor.team.table().alias()
            inner = sa.select(ONE).select_from(team)
            return sa.exists(
                inner.where(
                    team.c[anchor.team.row] == row.c.id, team.c[anchor.team.employee] == employee_parameter()
                )
            )
        return sa.false()

    def cell_columns(self, name: str, row: sa.FromClause) -> list[sa.ColumnElement[int]]:
        """One 0/1 column per relation, for services that ask in which cell one row stands."""
        holds = self.predicate(name, row)
        return [
            sa.case((holds(bit), sa.literal_column(str(bit))), else_=sa.literal_column("0"))
            for bit in BITS.values()
        ]

    def cell_query(self, name: str) -> Statement:
        """The cell of the row whose key is the parameter ROW, as `cell_columns`; made once."""
        if name not in self._cell_queries:
            row = self.table(name).alias()
            columns: list[Any] = self.cell_columns(name, row)
            found = row.c.id == sa.bindparam(ROW, type_=Key())
            self._cell_queries[name] = Statement(sa.select(*columns).where(found))
        return self._cell_queries[name]

    def crowd(self, name: str) -> tuple[str, str] | None:
        """For a type of very many rows: its anchor's type, and the column that names the anchor's row."""
        step = self.parent(name)
        column, anchor = step or ("id", name)
        found = isinstance(self.models[anchor].__access__, Anchor) and self.anchor(anchor).many
        return (anchor, column) if found else None

    def related(self, anchor: str) -> list[sa.Select[Any]]:
        """The keys of the rows of an anchor's type that each relation holds for, each by an index."""
        table, declared = self.table(anchor), self.anchor(anchor)
        found: list[sa.Select[Any]] = []
        if declared.own:
            found.append(sa.select(table.c.id).where(table.c[declared.own] == employee_parameter()))
        if declared.department:
            mine = Among(table.c[declared.department], departments_parameter())
            found.append(sa.select(table.c.id).where(mine))
        if declared.team:
            team = declared.team.table()
            of_mine = team.c[declared.team.employee] == employee_parameter()
            found.append(sa.select(team.c[declared.team.row]).where(of_mine))
        return found


def employee_parameter() -> sa.BindParameter[Any]:
    """The caller's key; null for a caller who is no employee, so that no relation holds."""
    return sa.bindparam(EMPLOYEE, type_=Key())


def departments_parameter() -> sa.BindParameter[Any]:
    """The caller's department and all below it."""
    return sa.bindparam(DEPARTMENTS, type_=ListOf(Key()))
