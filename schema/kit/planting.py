"""Rows of every type in every relation to one employee, each value a mark of its own.

A type with an anchor gets a pair of rows in each cell that is possible for it, what belongs to a row a pair
below each, a type without relations a few rows. Beside them stand spare rows, which only a twin has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.cells import DEPARTMENT, OWN, TEAM
from core.access.relations import Anchor, Relations
from core.db.model import Model, sealed_fields
from core.db.sealing import Normal
from schema.kit.samples import Sample, sample_of, sealed_sample
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import MoneyColumns

FREE = 3
"""Rows of a type that knows no relations."""
MANY = 48
"""Rows of such a type, where rows of others take one each."""
PAIR = 2


@dataclass(eq=False)
class Planted:
    """One row: its cell, and the samples of its columns and sealed fields. `spare`: only a twin has it."""

    type_name: str
    key: UUID
    cell: int
    spare: bool = False
    samples: dict[str, Sample] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The planted values by column or sealed field."""
        return {name: sample.planted for name, sample in self.samples.items()}


@dataclass
class Seat:
    """The employee around whom everything is planted, and who holds these roles."""

    subject: str = "kit_viewer"
    roles: Sequence[str] = ()
    key: UUID = field(default_factory=lambda: UUID(int=0))


class Garden:
    """Plants rows for the models of one schema. `rows`: by type, in an order in which they can be stored."""

    def __init__(
        self, schema: Schema, seat: Seat, sealed: Mapping[Normal, Callable[[int], str]] | None = None
    ) -> None:
        """`sealed`: generators of sealed values, for normal forms that the kit does not know."""
        self.schema, self.seat, self.sealed = schema, seat, sealed or {}
        self.relations = Relations(schema.models)
        self.rows: dict[str, list[Planted]] = {}
        self._by_table = {model.__tablename__: name for name, model in schema.models.items()}
        self._count = 0
        self._teams = {
            str(team.table()): name
            for name in schema.models
            if (team := self.relations.anchor(name).team) and self.relations.parent(name) is None
        }
        for name in self._ordered():
            self.rows[name] = []
            self._plant(name)

    def table(self, name: str) -> sa.Table:
        """The table of a type."""
        return self.relations.table(name)

    def fixed(self, name: str) -> frozenset[str]:
        """The columns on which a row's cell or its place below another row depends."""
        anchor, parent = self.relations.anchor(name), self.relations.parent(name)
        own = {"id"} | ({parent[0]} if parent else {anchor.own, anchor.department})
        team = self._team_of(name)
        return frozenset(c for c in own | ({team.employee} if team else set()) if c)

    def _team_of(self, name: str) -> Any:
        of = self._teams.get(self.schema.models[name].__tablename__)
        return self.relations.anchor(of).team if of else None

    # -- order
    def _ordered(self) -> list[str]:
        """Types, those first that others refer to."""
        left, done = dict(self.schema.models), list[str]()
        while left:
            ready = [n for n, m in left.items() if self._needs(m) <= {*done, n}]
            done += ready
            left = {n: m for n, m in left.items() if n not in ready}
            if not ready:
                message = f"these types refer to each other in a circle: {sorted(left)}"
                raise ValueError(message)
        return done

    def _needs(self, model: type[Model]) -> set[str]:
        return {self._by_table[f.column.table.name] for f in model.__table__.foreign_keys}

    # -- rows
    def _plant(self, name: str) -> None:
        for cell, place, count, spare in list(self._places(name)):
            for i in range(count + spare if self._has_room(name) else 0):
                self._row(name, cell, i, place, spare=i == count)

    def _places(self, name: str) -> Iterator[tuple[int, Mapping[str, Any], int, bool]]:
        """Cell, the columns that put rows there, how many rows, and whether a spare one too."""
        parent, anchor = self.relations.parent(name), self.relations.anchor(name)
        if parent is not None:
            yield from self._below(name, *parent)
        elif anchor.own == "id":  # the employees themselves: one row is the seat's own
            own = OWN | DEPARTMENT
            yield own, self._place(anchor, own), 1, False
            yield from ((cell, self._place(anchor, cell), PAIR, True) for cell in (DEPARTMENT, 0))
        elif anchor == Anchor():
            yield 0, {}, MANY if self._is_shared_out(name) else FREE, True
        else:
            yield from ((cell, self._place(anchor, cell), PAIR, True) for cell in sorted(anchor.possible))

    def _below(
        self, name: str, column: str, above: str
    ) -> Iterator[tuple[int, Mapping[str, Any], int, bool]]:
        """A pair below each row, and one spare row in each cell; all roles below the seat.

        One row, where there may be no more.
        """
        seen: set[int] = set()
        single = _is_single(self.table(name), column)
        for row in [row for row in self.rows[above] if not row.spare]:
            place = {column: row.key}
            if name == "EmployeeRole" and row.cell & OWN:
                yield row.cell, place, len(self.seat.roles), False
            elif single:
                yield row.cell, place, 1, False
            else:
                yield row.cell, place, PAIR, row.cell not in seen
                seen.add(row.cell)

    def _place(self, anchor: Any, cell: int) -> dict[str, Any]:
        """The columns that put a row into a cell."""
        place = {}
        if anchor.department:
            place[anchor.department] = self._department(0 if cell & DEPARTMENT else 1)
        if anchor.own and anchor.own != "id":
            place[anchor.own] = self.seat.key if cell & OWN else self._stranger(0)
        return place

    def _department(self, i: int) -> UUID:
        """The seat's department is number 0; none is below another."""
        return self._some("Department", i)

    def _some(self, name: str, i: int) -> UUID:
        rows = [row for row in self.rows[name] if not row.spare]
        return rows[i % len(rows)].key

    def _stranger(self, i: int) -> UUID:
        """An employee who has nothing to do with the seat."""
        outside = [row for row in self.rows["Employee"] if not row.cell and not row.spare]
        return outside[i % len(outside)].key

    def _row(self, name: str, cell: int, i: int, place: Mapping[str, Any], *, spare: bool = False) -> Planted:
        number, self._count = self._count, self._count + 1
        row = Planted(name, UUID(int=number << 64 | 7 << 76 | 2 << 62 | number), cell, spare)
        self.rows[name].append(row)
        model = self.schema.models[name]
        currencies = {t.currency for t in self.schema.declared(name).values() if isinstance(t, MoneyColumns)}
        for column in self.table(name).c:
            if "sealed" in column.info or column.primary_key:
                continue
            row.samples[column.name] = (
                self._reference(name, column, cell, i, place)
                if column.foreign_keys
                else sample_of(
                    column,
                    number,
                    currency=column.name in currencies,
                    apart=1 if _beside(self.table(name), column.name) is None else PAIR,
                )
            )
        for field_name, sealed in sealed_fields(model).items():
            row.samples[field_name] = sealed_sample(sealed.normal, number, self.sealed)
        self._seated(row, i)
        return row

    def _is_shared_out(self, name: str) -> bool:
        """Whether other types name a row of this one at most once."""
        others = [self.table(other) for other in self.schema.models if other != name]
        keys = [key for table in others for key in table.foreign_keys if key.column.table is self.table(name)]
        return any(_is_single(key.parent.table, key.parent.name) for key in keys)

    def _has_room(self, name: str) -> bool:
        """Whether there are rows left for what must name one of its own."""
        table, parent = self.table(name), self.relations.parent(name)
        keys = [k for k in table.foreign_keys if not k.parent.nullable and _is_single(table, k.parent.name)]
        own = [key for key in keys if not parent or key.parent.name != parent[0]]
        left = [
            sum(not row.spare for row in self.rows[self._by_table[k.column.table.name]])
            - len(self.rows[name])
            for k in own
        ]
        return all(count > PAIR + 1 for count in left)

    def _reference(self, name: str, column: Any, cell: int, i: int, place: Mapping[str, Any]) -> Sample:
        """A key that the cell asks for, or another row's, which may be exchanged for a third."""
        team = self._team_of(name)
        (foreign,) = column.foreign_keys
        referred = self._by_table[foreign.column.table.name]
        key, near = place.get(column.name), None
        if key is not None:
            if referred == "Employee" and key != self.seat.key:
                near = self._stranger(1)
            elif referred == "Department" and not cell & DEPARTMENT:
                near = self._department(2)
        elif team is not None and column.name == team.employee:
            key = self.seat.key if cell & TEAM and i == 0 else self._colleague(i)
        elif referred != name and _is_single(self.table(name), column.name):
            free = [row.key for row in self.rows[referred] if not row.spare][len(self.rows[name]) - 1 :]
            key = free[0] if free else None
        elif referred == "Employee" and place and _beside(self.table(name), column.name) is not None:
            key = self._colleague(i)  # once below each row
        elif referred == "Employee":
            key, near = self._stranger(0), self._stranger(1)
        elif referred != name:
            beside = _beside(self.table(name), column.name)
            at = i if beside is None else len(self.rows[name]) - 1  # each row another pair
            key, near = self._some(referred, at), self._some(referred, at + PAIR + 1 + (beside or 0))
        return Sample(key, near or key, None)

    def _colleague(self, i: int) -> UUID:
        others = [row for row in self.rows["Employee"] if row.key != self.seat.key and not row.spare]
        return others[i % len(others)].key

    def _seated(self, row: Planted, i: int) -> None:
        """The seat's own rows let it sign in."""
        if row.type_name == "Employee" and row.cell & OWN:
            self.seat.key = row.key
            row.samples["subject"] = Sample(*[self.seat.subject] * 3)
            row.samples["suspended_at"] = Sample(None, None, None)
        if row.type_name == "EmployeeRole" and row.cell & OWN and i < len(self.seat.roles):
            row.samples["role"] = Sample(*[self.seat.roles[i]] * 3)


def _is_single(table: sa.Table, column: str) -> bool:
    """Whether a column's value may stand in one row alone."""
    return [column] in _unique(table)


def _beside(table: sa.Table, column: str) -> int | None:
    """The place of a column among those that are unique together; None where it is in no such rule."""
    return next((rule.index(column) for rule in _unique(table) if len(rule) > 1 and column in rule), None)


def _unique(table: sa.Table) -> list[list[str]]:
    rules = [rule for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)]
    found: list[sa.UniqueConstraint | sa.Index] = [*rules, *(one for one in table.indexes if one.unique)]
    return [[one.name for one in rule.columns] for rule in found]
