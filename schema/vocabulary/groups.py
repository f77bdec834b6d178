"""Aggregates: `groups` of a connection, made from the declarations of one application like the filters.

For every type with rows: which fields may be grouped by, summed, averaged and compared, as GraphQL types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)

from schema.vocabulary import scalars
from schema.vocabulary.resolving import read_from_source
from schema.vocabulary.targets import Expression, MoneyColumns, Namespace, NodeId, Stored, Target, ToOne

if TYPE_CHECKING:
    from schema.vocabulary.schema import Schema

T = TypeVar("T")

PERIODS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
GROUPED = ("text", "int", "long", "bool", "choice", "day")
COUNTED = ("int", "long", "money")
COMPARED = (*COUNTED, "time", "day")
MEASURES = {"sum": COUNTED, "average": COUNTED, "min": COMPARED, "max": COMPARED}
ABOUT = {
    "sum": "Sums over the rows of the group; null without rows, and where amounts are in several currencies.",
    "average": "Averages over the rows that have a value, rounded half up; null where sums are.",
    "min": "Smallest values; null without rows, and where amounts are in several currencies.",
    "max": "Largest values; null without rows, and where amounts are in several currencies.",
}


GROUP_ORDER = GraphQLEnumType(
    "GroupOrder",
    {
        "KEYS": GraphQLEnumValue("KEYS", "By the values grouped by, smallest first, nulls last."),
        "LARGEST": GraphQLEnumValue("LARGEST", "By the number of rows, largest first; then by the values."),
    },
    description="The order of groups.",
)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """One way to group: the field, and for a date or time the period; `part`: the currency of an amount."""

    field: str
    period: str | None = None
    part: str | None = None


class Groups:
    """Makes and keeps the aggregate types of one schema."""

    def __init__(self, schema: Schema) -> None:
        """`schema`: whose declarations are read, lazily, when graphql-core asks for the fields."""
        self._schema, self._made = schema, dict[str, Any]()

    def field(self, name: str) -> GraphQLField:
        """The field `groups` of a connection of this type."""
        keys = GraphQLList(GraphQLNonNull(self.key(name)))
        return GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(self._group(name)))),
            {
                "by": GraphQLArgument(
                    keys, description="What to group by; without it all rows are one group."
                ),
                "first": GraphQLArgument(
                    GraphQLInt, description="How many groups at most; 100 unless given or configured."
                ),
                "order": GraphQLArgument(
                    GROUP_ORDER, description="Which groups come first; KEYS unless given."
                ),
            },
            resolve=read_from_source("groups"),
            description="Counts, sums and the like over all rows of the list (not only this page), grouped.",
        )

    def key(self, name: str) -> GraphQLEnumType:
        """The ways to group a type."""

        def make() -> GraphQLEnumType:
            values = {
                member: GraphQLEnumValue(key, f"By {_about(key)}.") for member, key in self.keys(name).items()
            }
            return GraphQLEnumType(
                f"{name}GroupKey", values, description=f"What {name} rows can be grouped by."
            )

        return self._keep(f"{name}GroupKey", make)

    def keys(self, name: str) -> dict[str, GroupKey]:
        """Enum member to what it stands for."""
        found: dict[str, GroupKey] = {}
        for field, target in self._schema.declared(name).items():
            stem = _upper(field)
            kind = getattr(target, "kind", None)
            if isinstance(target, MoneyColumns):
                found[f"{stem}_CURRENCY"] = GroupKey(field, part="currency")
            elif (isinstance(target, ToOne) and not target.backward) or (
                isinstance(target, (Stored, Expression)) and kind in GROUPED
            ):
                found[stem] = GroupKey(field)
            if kind in ("time", "day"):
                found.update({f"{stem}_{period}": GroupKey(field, period) for period in PERIODS})
        return found

    def measured(self, name: str, measure: str) -> dict[str, Target]:
        """The fields that a measure has for a type."""
        return {
            field: target
            for field, target in self._schema.declared(name).items()
            if getattr(target, "kind", None) in MEASURES[measure]
            and not isinstance(target, (NodeId, Namespace))
        }

    def _group(self, name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            json = self._schema.json_scalar()
            made = {
                "keys": _plain(
                    GraphQLNonNull(GraphQLList(json)),
                    "The values that the rows share, in the order of `by`: a period as its first day, "
                    "a relation as the row's id.",
                ),
                "count": _plain(GraphQLNonNull(GraphQLInt), "How many rows."),
            }
            for measure, about in ABOUT.items():
                if self.measured(name, measure):
                    made[measure] = _plain(GraphQLNonNull(self._measure(name, measure)), about)
            return made

        about = f"{name} rows that share the values grouped by."
        return self._keep(
            f"{name}Group", lambda: GraphQLObjectType(f"{name}Group", fields, description=about)
        )

    def _measure(self, name: str, measure: str) -> GraphQLObjectType:
        key = f"{name}{measure.capitalize()}"

        def fields() -> dict[str, GraphQLField]:
            return {
                field: _plain(self._type(target, measure), f"Of `{field}`.")
                for field, target in self.measured(name, measure).items()
            }

        return self._keep(key, lambda: GraphQLObjectType(key, fields, description=ABOUT[measure]))

    def _type(self, target: Any, measure: str) -> Any:
        if target.kind == "money":
            return self._schema.input_type(scalars.MoneyType)
        if measure == "average":
            return self._schema.input_type(scalars.Amount)
        return self._schema.scalar("long" if measure == "sum" else target.kind)

    def _keep(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        kept: T = self._made[key]
        return kept


def _plain(kind: Any, about: str) -> GraphQLField:
    return GraphQLField(kind, resolve=read_from_source(""), description=about)


def _upper(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() else c.upper() for c in name)


def _about(key: GroupKey) -> str:
    if key.part:
        return f"the currency of `{key.field}`"
    if key.period:
        return f"the {key.period.lower()} of `{key.field}`, in the company's time zone"
    return f"`{key.field}`"
