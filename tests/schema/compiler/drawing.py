"""Values drawn for inputs: sound ones, real ones, and those that break things."""

from __future__ import annotations

import datetime as dt
import enum
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type

from core.ids import global_id
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import Namespace, NodeId, Stored
from tests.schema.rows import NASTY, SEALED, Rows

T = TypeVar("T")
STRANGE_IDS = ("cus_" + "0" * 32, "cus_1", "", "xyz_" + "1" * 32, "CUS_" + "a" * 32, "idm_" + "1" * 32)
VALUES: Mapping[str, Sequence[Any]] = {
    "Int": (0, 1, 2, 3, -1, 2**31 - 1, -(2**31)),
    "Long": (0, -5, 2933, 2**53 - 1, -(2**53) + 1),
    "Boolean": (True, False),
    "String": (
        *NASTY,
        *(v for values in SEALED.values() for v in values[:2]),
        "王",
        "%",
        "WANG_WEI",
        "ｑＵＯ",
        "+8613800138000",
    ),
    "DateTime": (
        "2024-01-31T16:00:00Z",
        "2024-02-02T00:00:00.000001+08:00",
        "2024-02-03T16:00:00.500000+00:00",
        "2024-02-04",
        "0001-01-01T00:00:00Z",
    ),
    "Date": ("1980-01-01", "1980-01-03", "1980-01-04"),
    "Decimal": ("0", "-0.05", "29.33", "1e2", "2933", "100.000", "0.001", "90071992547409.91"),
    "Currency": ("CNY", "CNY", "JPY", "KWD"),
    "ID": STRANGE_IDS,
}
BROKEN: Mapping[str, Sequence[Any]] = {
    "Int": (2**31, -(2**31) - 1, "1", 1.5, True),
    "Long": (2**53, "1", 0.5),
    "Boolean": (0, "true"),
    "String": ("\0", "a\0b", "\ud800", 5, "n" * 11_000),
    "DateTime": ("2024-01-31T16:00:00", "yesterday", "9999-12-31T23:59:59-08:00", 5),
    "Date": ("1980-1-1", "1980-02-30", "1980-W01-1", "19800101"),
    "Decimal": ("NaN", "1E+999999", 1.5, "0." + "0" * 35 + "1", "1,5", "9" * 39),
    "Currency": ("cny", "RMBY", "￥￥￥"),
    "ID": (None,),
}
COUNTS = (0, 1, 2, 3, 5, 50, 100)
BAD_COUNTS = (-1, 101, 2**31 - 1)


class Drawing:
    """Seeded choices of values for one operation."""

    def __init__(self, schema: Schema, rows: Rows, seed: int) -> None:
        self._schema, self._rows = schema, rows
        self._random = random.Random(seed)  # noqa: S311
        self._nested = 0
        # Most operations are sound: one fault hides whatever else an answer would show.
        self._faults = self._random.choice((0, 0, 0, 0.01, 0.03))

    def _pick(self, what: Iterable[T]) -> T:
        return self._random.choice(list(what))

    def _pick_of(self, about: str, names: Iterable[str]) -> str:
        """A field of a type; more often than others a namespace, behind which there is much."""
        names = list(names)
        spaces = [name for name in names if isinstance(self._schema.target(about, name), Namespace)]
        return self._pick(spaces if spaces and self._chance(0.2) else names)

    def _chance(self, of: float) -> bool:
        return self._random.random() < of

    def _id_of(self, name: str) -> str:
        return global_id(self._schema.models[name].__prefix__ or "", self._pick(self._rows[name])["id"])

    def _value(self, kind: Any, about: str = "") -> Any:  # noqa: PLR0911
        """A JSON value of an input type; `about`: the row type that a filter speaks of."""
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, about)
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type, about) for _ in range(self._random.randint(0, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self._pick(kind.values)
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, about)
        if self._chance(self._faults / 2):
            return self._pick(BROKEN[kind.name])
        if kind.name == "ID" and about in self._schema.models:
            return self._id_of(about)
        return self._pick(VALUES[kind.name])

    def _object(self, kind: GraphQLInputObjectType, about: str) -> dict[str, Any]:
        if all(isinstance(f.type, GraphQLNonNull) for f in kind.fields.values()):
            return {name: self._value(f.type) for name, f in kind.fields.items()}  # money
        if kind.name.endswith("Order"):
            of = kind.name.removesuffix("Order")
            chosen = [self._pick_of(of, kind.fields) for _ in range(2 if self._chance(self._faults) else 1)]
            return {name: self._value(kind.fields[name].type) for name in chosen}
        self._nested += 1
        sorts: dict[str, list[str]] = {"leaf": [], "relation": [], "logic": []}
        for name, f in kind.fields.items():
            behind = get_named_type(f.type)
            leaf = not isinstance(behind, GraphQLInputObjectType) or behind.name.endswith("Filter")
            sorts["logic" if name in ("and", "or", "not") else "leaf" if leaf else "relation"].append(name)
        groups = [names for sort, names in sorts.items() if names and (sort == "leaf" or self._nested < 6)]
        often = (0, 1, 1, 1, 1, 2) if groups else (0,)
        names = {self._pick_of(about, self._pick(groups)) for _ in range(self._pick(often))}
        found = {}
        for name in sorted(names):
            declared = self._schema.target(about, name)
            model = getattr(declared, "model", None)
            below = about if isinstance(declared, NodeId) or model is None else model.__name__
            if isinstance(declared, Namespace):
                below = self._schema.type_behind(about, name)
            given = self._value(kind.fields[name].type, below)
            if isinstance(declared, Stored) and isinstance(given, dict) and self._chance(0.5):
                given = self._met(declared, about, given)
            found[name] = None if self._chance(self._faults) else given
        self._nested -= 1
        return found

    def _met(self, target: Stored, about: str, given: dict[str, Any]) -> dict[str, Any]:
        """The same operators with values that stand in rows."""
        there = [_plain(row[target.column]) for row in self._rows[about] if row[target.column] is not None]
        for operator, value in given.items():
            if there and operator != "isNull" and value is not None:
                given[operator] = [self._pick(there)] if operator == "in" else self._pick(there)
        return given


def _plain(value: Any) -> Any:
    """As a client writes it."""
    if isinstance(value, enum.Enum):
        return value.name
    return value.isoformat() if isinstance(value, dt.date) else value
