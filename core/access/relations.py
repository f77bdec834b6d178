"""How a row relates to the caller: declared on the model, made into SQL predicates here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from core.access.cells import (
    ALL_CELLS,
    BITS,
    BY_CONSENT,
    DEPARTMENT,
    NAMED,
    OWN,
    RELATIONS,
    TEAM,
    UNCONSENTED,
    Branch,
    Cells,
    cells_of,
    scope,
    scope_condition,
)
from core.access.circumstances import WITHOUT_CONSENT
from core.db.conditions import failing_unless
from core.db.expressions import Among, ListOf
from core.db.model import Model
from core.db.statements import Statement
from core.db.types import Key

EMPLOYEE, DEPARTMENTS, PURPOSE, ROW = "viewer_employee", "viewer_departments", "viewer_purpose", "row_key"
ONE: sa.ColumnElement[int] = sa.literal_column("1")


@dataclass(frozen=True)
class Team:
    """A table that names the employees of a row's team."""

    table: Callable[[], sa.FromClause]
    row: str
    employee: str


@dataclass(frozen=True)
class Consents:
    """A table that tells to which purposes a row's customer consented, and which consents were withdrawn."""

    table: Callable[[], sa.FromClause]
    row: str
    purpose: str = "purpose"
    withdrawn: str = "withdrawn_at"


@dataclass(frozen=True)
class Anchor:
    """The row itself says whose it is: columns that name an employee and a department, and a team table."""

    own: str | None = None
    department: str | None = None
    team: Team | None = None
    consent: Consents | None = None
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

    def __init__(self, models: Mapping[str, type[Model]], *, consents: bool = False) -> None:
        """`models`: type name to model; `consents`: whether rows are told apart by the customer's consent."""
        self.models = dict(models)
        self._consents = consents
        self.cells = BY_CONSENT if consents else ALL_CELLS
        self._by_table = {m.__table__: name for name, m in models.items()}
        self._cell_queries: dict[str, Statement] = {}
        self._cell_guards: dict[tuple[str, Cells], Statement] = {}
        for name, model in models.items():
            if model.__access__ is not None and not isinstance(model.__access__, (Anchor, Via)):
                message = f"{name}.__access__ must be an Anchor or a Via"
                raise TypeError(message)
        self._parents = {name: self._parent(name) for name in models}

    @cached_property
    def by_consent(self) -> Relations:
        """The same, with rows told apart by consent; itself where no model declares where consents are."""
        declared = any(self.anchor(name).consent for name in self.models)
        return Relations(self.models, consents=True) if declared and not self._consents else self

    @property
    def ordinary(self) -> Relations:
        """The same, without telling rows apart by consent."""
        return Relations(self.models) if self._consents else self

    def table(self, name: str) -> sa.Table:
        """The table of a type."""
        return self.models[name].__table__  # type: ignore[return-value]

    def parent(self, name: str) -> tuple[str, str] | None:
        """For a type with `Via`: its column and the type that the column names."""
        return self._parents[name]

    def _parent(self, name: str) -> tuple[str, str] | None:
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
        anchor = self.anchor(name)
        if not (self._consents and anchor.consent):
            return anchor.possible
        return anchor.possible | {cell | UNCONSENTED for cell in anchor.possible}

    def known(self, name: str) -> frozenset[str]:
        """The relations of rules that can hold for a row of this type; `all` always."""
        consent = {WITHOUT_CONSENT} if self.anchor(name).consent else set[str]()
        return frozenset(r for r in RELATIONS if cells_of(r) & self.possible(name)) | consent

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
        if bit == UNCONSENTED and anchor.consent:
            return sa.not_(_consented(anchor.consent, row))
        return sa.false()

    def cell_columns(self, name: str, row: sa.FromClause) -> list[sa.ColumnElement[int]]:
        """One column per relation, its bit or 0, for services that ask in which cell one row stands."""
        holds = self.predicate(name, row)
        bits = NAMED if self._consents else BITS
        return [
            sa.case((holds(bit), sa.literal_column(str(bit))), else_=sa.literal_column("0"))
            for bit in bits.values()
        ]

    def cell_query(self, name: str) -> Statement:
        """The cell of the row whose key is the parameter ROW, as `cell_columns`; made once."""
        if name not in self._cell_queries:
            row = self.table(name).alias()
            columns: list[Any] = self.cell_columns(name, row)
            found = row.c.id == sa.bindparam(ROW, type_=Key())
            self._cell_queries[name] = Statement(sa.select(*columns).where(found))
        return self._cell_queries[name]

    def cell_guard(self, name: str, cells: Cells) -> Statement:
        """A query that fails unless the row whose key is the parameter ROW stands in one of these."""
        key = name, cells
        if key not in self._cell_guards:
            row = self.table(name).alias()
            found = sa.select(ONE).where(row.c.id == sa.bindparam(ROW, type_=Key()))
            inside = self.within(name, row, scope(self.possible(name), cells))
            self._cell_guards[key] = failing_unless(found if inside is None else found.where(inside))
        return self._cell_guards[key]

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


def _consented(consents: Consents, row: sa.FromClause) -> sa.ColumnElement[bool]:
    """That a consent to the declared purpose is in force."""
    given = consents.table().alias()
    purpose = given.c[consents.purpose]
    return sa.exists(
        sa.select(ONE)
        .select_from(given)
        .where(
            given.c[consents.row] == row.c.id,
            purpose == sa.bindparam(PURPOSE, type_=purpose.type),
            given.c[consents.withdrawn].is_(None),
        )
    )


def employee_parameter() -> sa.BindParameter[Any]:
    """The caller's key; null for a caller who is no employee, so that no relation holds."""
    return sa.bindparam(EMPLOYEE, type_=Key())


def departments_parameter() -> sa.BindParameter[Any]:
    """The caller's department and all below it."""
    return sa.bindparam(DEPARTMENTS, type_=ListOf(Key()))
