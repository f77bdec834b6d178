"""Aggregates of a list: what is grouped by, what is measured; only fields shown throughout the reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import FieldNode

from core.errors import BadUserInput, Forbidden
from core.text import Text
from schema.compiler.elements import NULL, Concat, json_object
from schema.compiler.filters import reader
from schema.compiler.tree import Base, ConstantPart, GroupPart, GroupsPart, Many, Source
from schema.compiler.values import Leaf, Variables, arguments
from schema.vocabulary.groups import MEASURES, GroupKey
from schema.vocabulary.targets import MoneyColumns, ToOne

if TYPE_CHECKING:
    from schema.compiler.select import Selector

DEFAULT_GROUPS = 100
RANGE = Text("must be 0 to {most}", "须在 0 到 {most} 之间")
AVERAGE_DIGITS = 4


class Aggregates:
    """Reads `groups` of one compilation."""

    def __init__(self, selector: Selector) -> None:
        """Refusals and parameters go to the selector."""
        self._s = selector

    def part(self, many: Many, nodes: list[FieldNode], connection: str, path: list[str]) -> GroupsPart:
        """The field `groups` of a connection."""
        place, name = ".".join(path), many.row.type_name
        field = self._s.schema.graphql_field(connection, "groups")
        given = arguments(nodes[0], field, self._s.variables, place)
        made = GroupsPart([], [], [], self._limit(given["first"], place), largest(given["order"]))
        for key in given["by"].sample if isinstance(given["by"], Leaf) else ():
            made.keys.append(self._key(many, key, f"{place}.by"))
        for response, subs in self._s.collect(nodes, f"{name}Group").items():
            made.fields.append((response, self._field(many, made, subs, [*path, "*", response])))
        return made

    def _limit(self, given: Any, place: str) -> Any:
        most = self._s.most_rows

        def limit(vs: Variables) -> int:
            count: int = given.get(vs) if isinstance(given, Leaf) else min(DEFAULT_GROUPS, most)
            if not 0 <= count <= most:
                raise BadUserInput(f"{place}.first", RANGE, most=most)
            return count

        return self._s.parameters.add(sa.Integer(), limit)

    def _shown(self, many: Many, field: str, place: str) -> None:
        if not self._s.plan.shown_everywhere(many.row.type_name, field, many.row.reach):
            self._s.refuse(Forbidden(f"{place}.{field}"))
        self._s.readings.used(many.row, many.row.type_name, field)

    # -- keys
    def _key(self, many: Many, key: GroupKey, place: str) -> tuple[Base, Callable[[Any], Any]]:
        """What is grouped by, and its JSON text."""
        self._shown(many, key.field, place)
        d = self._s.dialect
        target: Any = self._s.schema.declared(many.row.type_name)[key.field]
        if key.part:
            return (lambda source: source.c[target.currency]), (
                lambda value: d.json("text", value, nullable=True)
            )
        if isinstance(target, ToOne):
            prefix = target.model.__prefix__ or ""
            return (
                lambda source: source.c[target.local],
                lambda value: sa.case((value.is_(None), NULL), else_=d.global_id(prefix, d.key_text(value))),
            )
        read = reader(target)
        if key.period:
            period, zone = key.period, self._s.zone
            return (
                lambda source: d.period(read(source), target.kind, period, zone),
                lambda value: d.json("text", value, nullable=True),
            )
        return read, (lambda value: d.json(target.kind, value, nullable=True))

    # -- fields of a group
    def _field(self, many: Many, made: GroupsPart, nodes: list[FieldNode], path: list[str]) -> GroupPart:
        name = nodes[0].name.value
        if name in ("keys", "count"):
            return name
        type_name = many.row.type_name
        if name == "__typename":
            return ConstantPart(json.dumps(f"{type_name}Group"))
        measured = self._s.schema.groups.measured(type_name, name)
        own = f"{type_name}{name.capitalize()}"
        fields: list[tuple[str, Any]] = []
        for response, subs in self._s.collect(nodes, own).items():
            field = subs[0].name.value
            if field == "__typename":
                fields.append((response, json.dumps(own)))
                continue
            self._shown(many, field, ".".join(path))
            fields.append((response, self._measure(made, name, measured[field], subs)))

        def build(source: Source) -> Concat:
            return json_object((key, text if isinstance(text, str) else text(source)) for key, text in fields)

        return build

    def _measure(
        self, made: GroupsPart, measure: str, target: Any, nodes: list[FieldNode]
    ) -> Callable[[Source], Any]:
        """JSON text of one measure over the columns that the inner set carries."""
        assert measure in MEASURES  # noqa: S101
        value = made.carry(reader(target))
        if isinstance(target, MoneyColumns):
            return self._money(made, measure, target, value, nodes)
        d = self._s.dialect

        def build(source: Source) -> Any:
            column = source.c[value]
            if measure == "average":
                text: Any = d.average(
                    sa.cast(sa.func.sum(column), sa.BigInteger), sa.func.count(column), AVERAGE_DIGITS
                )
                return sa.func.coalesce(Concat(['"', text, '"']), NULL)
            if measure == "sum":
                return d.json("long", sa.cast(sa.func.sum(column), sa.BigInteger), nullable=True)
            return d.json(
                target.kind, (sa.func.min if measure == "min" else sa.func.max)(column), nullable=True
            )

        return build

    def _money(
        self, made: GroupsPart, measure: str, target: MoneyColumns, value: str, nodes: list[FieldNode]
    ) -> Callable[[Source], Any]:
        unit = made.carry(
            lambda source: sa.case(
                (source.c[target.minor].is_(None), sa.null()), else_=source.c[target.currency]
            )
        )
        text = self._s.money_text(nodes)
        d = self._s.dialect

        def build(source: Source) -> Any:
            column, currency = source.c[value], source.c[unit]
            total = sa.cast(sa.func.sum(column), sa.BigInteger)
            minor: Any = {
                "sum": total,
                "average": d.rounded(total, sa.func.count(column)),
                "min": sa.func.min(column),
                "max": sa.func.max(column),
            }[measure]
            one = sa.func.min(currency)
            return sa.case((one == sa.func.max(currency), text(minor, one)), else_=NULL)

        return build


def largest(given: Any) -> bool:
    """Whether the largest groups come first."""
    return isinstance(given, Leaf) and given.sample == "LARGEST"
