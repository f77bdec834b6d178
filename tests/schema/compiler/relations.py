"""The judge's view of access: in which relations a row stands, and what casbin says of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from core.access.enforcer import enforcer
from core.access.purposes import Purpose
from core.access.relations import Anchor, Via
from core.access.rules import Policy, Role
from core.access.viewer import Viewer
from core.text import Text
from schema.vocabulary.schema import Schema
from tests.schema.rows import Row, Rows

ME = "me"
NAMES = ("own", "team", "department", "without-consent")
Cell = str
Cells = frozenset[Cell]
EVERY_CELL = [
    "+".join(name for name, on in zip(NAMES, reversed(bits), strict=True) if on) or "all"
    for bits in itertools.product((0, 1), repeat=len(NAMES))
]
"""`own+department`, `all` for none; in the order in which answers name them."""


class Relations:
    """casbin's word on everything, for one policy, one set of roles, one purpose, and what holds."""

    def __init__(self, schema: Schema, rows: Rows, policy: Policy, viewer: Viewer) -> None:
        mine = {**policy.inherits, ME: frozenset(viewer.roles)}
        self._held, self._purpose = sorted(viewer.held), viewer.purpose
        self._by_consent = viewer.purpose in (Purpose.INVITATION, Purpose.RECOMMENDATION)
        self._judge = enforcer(
            replace(policy, roles={**policy.roles, ME: Role(ME, Text(ME, ME))}, inherits=mine)
        )
        self._models, self._rows = schema.models, rows
        self._tables = {model.__tablename__: name for name, model in schema.models.items()}
        self._said: dict[tuple[str, ...], bool] = {}

    def _allowed(self, *asked: str) -> bool:
        if asked not in self._said:
            *about, cell = asked
            self._said[asked] = bool(self._judge.enforce(ME, *about, "+".join((cell, *self._held))))
        return self._said[asked]

    def effect(self, type_name: str, field: str, class_name: str, cell: Cell) -> str:
        """SHOW, MASK or HIDE. What is public is shown."""
        if class_name == "public" or self._allowed(type_name, field, class_name, "show", cell):
            return "SHOW"
        return "MASK" if self._allowed(type_name, field, class_name, "mask", cell) else "HIDE"

    def readable(self, type_name: str, cell: Cell) -> bool:
        """Whether rows in this cell may be seen."""
        return self._allowed(type_name, "", "", "read", cell)

    def visible(self, viewer: Viewer, type_name: str, row: Row) -> bool:
        """Whether this row may be seen."""
        return self.readable(type_name, self.cell(viewer, type_name, row))

    # -- where a row stands
    def _anchored(self, type_name: str, row: Row | None) -> tuple[Anchor, Row | None]:
        """The row that says whose this one is."""
        model = self._models[type_name]
        access = model.__access__
        if not isinstance(access, Via):
            return access or Anchor(), row
        (foreign,) = model.__table__.c[access.column].foreign_keys
        parent = self._tables[foreign.column.table.name]
        above = row and next(r for r in self._rows[parent] if r["id"] == row[access.column])
        return self._anchored(parent, above)

    def cell(self, viewer: Viewer, type_name: str, row: Row) -> Cell:
        """The relations between the caller and a row."""
        anchor, above = self._anchored(type_name, row)
        assert above is not None
        on = {
            "own": anchor.own and viewer.employee and above[anchor.own] == viewer.employee,
            "department": anchor.department and above[anchor.department] in viewer.departments,
            "team": anchor.team and self._in_team(viewer, anchor, above),
            "without-consent": anchor.consent and self._by_consent and not self._consented(above),
        }
        return "+".join(name for name in NAMES if on[name]) or "all"

    def _in_team(self, viewer: Viewer, anchor: Anchor, row: Row) -> bool:
        assert anchor.team is not None
        team = self._rows[self._tables[str(anchor.team.table())]]
        return any(
            m[anchor.team.row] == row["id"] and m[anchor.team.employee] == viewer.employee for m in team
        )

    def _consented(self, customer: Row) -> bool:
        return any(
            c["customer_id"] == customer["id"] and c["purpose"] is self._purpose and c["withdrawn_at"] is None
            for c in self._rows["Consent"]
        )

    def possible(self, type_name: str) -> Cells:
        """The cells in which rows of a type can stand at all."""
        anchor, _ = self._anchored(type_name, None)
        known = {n for n in NAMES[:3] if getattr(anchor, n)} | {"all"}
        known |= {NAMES[3]} if anchor.consent and self._by_consent else set()
        return frozenset(c for c in EVERY_CELL if set(c.split("+")) <= known)

    def reach(self, type_name: str, among: Cells | None = None, scope: str = "ALL") -> Cells:
        """The cells in which rows of a type can be seen here."""
        cells = self.possible(type_name) if among is None else among
        return frozenset(
            c
            for c in cells
            if self.readable(type_name, c) and (scope == "ALL" or scope.lower() in c.split("+"))
        )

    @staticmethod
    def sorted(cells: Iterable[Cell]) -> list[Any]:
        """In the order in which answers name them."""
        return sorted(cells, key=EVERY_CELL.index)
