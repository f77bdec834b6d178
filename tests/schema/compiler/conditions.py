"""The judge's filters: what a `where` is refused for, and which rows meet it. What is unknown is not met."""

from __future__ import annotations

import datetime as dt
import enum
import operator
import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from core.access.viewer import Viewer
from core.errors import BadUserInput, InvalidInput
from core.ids import split_global_id
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import (
    VALUES,
    Expression,
    MoneyColumns,
    Namespace,
    NodeId,
    Sealed,
    ToMany,
    ToOne,
)
from tests.schema.compiler.relations import Cells, Relations
from tests.schema.rows import Row, Rows

BAD, NO = "BAD_USER_INPUT", "FORBIDDEN"
Where = Mapping[str, Any]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda a, b: a in b,
    "contains": lambda a, b: _plain(b) in _plain(a),
    "startsWith": lambda a, b: a.startswith(b),
}


class _Refused(Exception):
    """A value that can't be compared with."""


class Conditions:
    """`where` inputs for one caller."""

    def __init__(self, schema: Schema, rows: Rows, relations: Relations, viewer: Viewer, facts: Any) -> None:
        self._schema, self._rows, self._is = schema, rows, relations
        self._viewer, self._facts = viewer, facts

    def class_of(self, type_name: str, field: str) -> str:
        """The sensitivity class of a field."""
        target: Any = self._schema.target(type_name, field)
        return target.sensitivity.name  # type: ignore[no-any-return]

    def shown(self, type_name: str, field: str, reach: Cells) -> bool:
        """Whether a field is shown wherever rows can stand."""
        about = (type_name, field, self.class_of(type_name, field))
        return all(self._is.effect(*about, cell) == "SHOW" for cell in reach)

    def value(self, type_name: str, row: Row, field: str) -> Any:
        """What a field is compared and sorted by."""
        target = self._schema.target(type_name, field)
        if isinstance(target, Expression):
            return self._facts[type_name, field](self._rows, row)
        if isinstance(target, MoneyColumns):
            return row[target.minor]
        return row[target.field.name if isinstance(target, Sealed) else target.column]  # type: ignore[union-attr]

    # -- what must be refused, whatever the rows
    def faults(self, type_name: str, where: Where, reach: Cells) -> set[str]:
        """The codes that a `where` earns."""
        found: set[str] = set()
        for name, given in where.items():
            if given is None:
                found.add(BAD)
            elif name in ("and", "or"):
                found |= set().union(*(self.faults(type_name, one, reach) for one in given))
            elif name == "not":
                found |= self.faults(type_name, given, reach)
            else:
                found |= self._field_faults(type_name, name, given, reach)
        return found

    def _field_faults(self, type_name: str, name: str, given: Where, reach: Cells) -> set[str]:
        target = self._schema.target(type_name, name)
        if isinstance(target, Namespace):
            return self.faults(self._schema.type_behind(type_name, name), given, reach)
        if isinstance(target, ToMany):
            below = self._is.reach(target.type_name, reach if target.on_path else None)
            below = frozenset(cell for cell in below if self.told_by_list(target, cell))
            faults = (
                {BAD} if one is None else self.faults(target.type_name, one, below) for one in given.values()
            )
            return set().union(*faults)
        refused = set() if self.shown(type_name, name, reach) else {NO}
        if isinstance(target, ToOne):
            below = self._is.reach(target.model.__name__, reach if target.on_path else None)
            return refused | self.faults(target.model.__name__, given, below)
        for op, value in given.items():
            try:
                for one in value if op == "in" and value is not None else [value]:
                    self._right(target, op, one)
            except _Refused:
                refused.add(BAD)
        return refused

    def _right(self, target: Any, op: str, value: Any) -> Any:
        """A caller's value as rows are compared with it."""
        if value is None:
            raise _Refused
        if op == "isNull":
            return value
        try:
            if isinstance(target, NodeId):
                prefix, key = split_global_id(value)
                return key if prefix == target.prefix else _refuse()
            if isinstance(target, Sealed):
                return target.field.normal.normalize(value, "")
        except (BadUserInput, InvalidInput):
            raise _Refused from None
        if isinstance(target, MoneyColumns):
            minor = Fraction(value["amount"]) * 10 ** {"JPY": 0, "KWD": 3}.get(value["currency"], 2)
            if minor.denominator != 1 or abs(minor) >= 2**53:
                raise _Refused
            return int(minor), value["currency"]
        if isinstance(value, str) and ("\0" in value or (not value.isascii() and _has_surrogates(value))):
            raise _Refused
        return value

    # -- which rows meet it
    def meets(self, type_name: str, row: Row, where: Where) -> bool:
        """All conditions of one object."""
        return all(self._meets(type_name, row, name, given) for name, given in where.items())

    def _meets(self, type_name: str, row: Row, name: str, given: Any) -> bool:
        if name in ("and", "or"):
            every = all if name == "and" else any
            return every(self.meets(type_name, row, one) for one in given)
        if name == "not":
            return not self.meets(type_name, row, given)
        target = self._schema.target(type_name, name)
        if isinstance(target, Namespace):
            return self.meets(self._schema.type_behind(type_name, name), row, given)
        if isinstance(target, ToOne):
            return any(self.meets(target.model.__name__, r, given) for r in self._related(target, row))
        if isinstance(target, ToMany):
            related, below = self._related(target, row), target.type_name
            asked = {
                "some": lambda x: any(self.meets(below, r, x) for r in related),
                "none": lambda x: not any(self.meets(below, r, x) for r in related),
                "every": lambda x: all(self.meets(below, r, x) for r in related),
            }
            return all(asked[quantifier](one) for quantifier, one in given.items())
        assert isinstance(target, VALUES)
        left = self.value(type_name, row, name)
        return all(self._holds(target, row, left, op, value) for op, value in given.items())

    def _related(self, target: ToOne | ToMany, row: Row) -> list[Row]:
        name = target.model.__name__
        return [
            r
            for r in self._rows[name]
            if r[target.remote or ""] == row[target.local]
            and self._is.visible(self._viewer, name, r)
            and (isinstance(target, ToOne) or self.told_by_list(target, self._is.cell(self._viewer, name, r)))
        ]

    def told_by_list(self, target: ToMany, cell: str) -> bool:
        """Whether it may be told to which row the rows of a list belong."""
        name = target.type_name
        for field, one in self._schema.declared(name).items():
            if isinstance(one, ToOne) and one.local == target.remote:
                return self._is.effect(name, field, self.class_of(name, field), cell) == "SHOW"
        return True

    def _holds(self, target: Any, row: Row, left: Any, op: str, value: Any) -> bool:
        if op == "isNull":
            return (left is None) is value
        if left is None:
            return False
        right: Any = (
            [self._right(target, op, v) for v in value] if op == "in" else self._right(target, op, value)
        )
        if isinstance(target, MoneyColumns):
            right, currency = right
            return row[target.currency] == currency and COMPARE[op](left, right)
        if isinstance(left, enum.Enum):
            left = left.name
        assert isinstance(left, (str, int, dt.date)) or hasattr(left, "hex")
        return COMPARE[op](left, right)


def _refuse() -> Any:
    raise _Refused


def _has_surrogates(value: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in value)


def _plain(text: str) -> str:
    """Case and width aside."""
    return unicodedata.normalize("NFKC", text).casefold()
