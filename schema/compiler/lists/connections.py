"""Connections: which rows, and what is selected on each. Rooms beside: orders, pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import FieldNode

from core.access.cells import RELATED, Cells
from core.access.plan import SHOWN
from core.db.types import Key as KeyType
from core.db.types import UtcTime
from core.errors import BadUserInput
from schema.compiler import cursors
from schema.compiler.elements import Literal
from schema.compiler.groups import Aggregates
from schema.compiler.lists.orders import Orders
from schema.compiler.lists.pages import Pages
from schema.compiler.tree import (
    CURSOR,
    Collected,
    Condition,
    ConstantPart,
    EdgesPart,
    Key,
    Many,
    Members,
    NodesPart,
    PageInfoPart,
    Part,
    Row,
    TotalPart,
)
from schema.compiler.values import ABSENT, Leaf, arguments
from schema.vocabulary.targets import Merged, ToMany

if TYPE_CHECKING:
    from schema.compiler.select import Selector


class Lists:
    """Reads connections of one compilation."""

    def __init__(self, selector: Selector) -> None:
        """Refusals and parameters go to the selector."""
        self._s, self._groups = selector, Aggregates(selector)
        self._orders, self._pages = Orders(selector), Pages(selector)

    def many(
        self,
        target: ToMany | Merged,
        nodes: list[FieldNode],
        path: list[str],
        parent: str,
        cells: Cells,
        above: Row | None = None,
    ) -> Many:
        """A connection field of an object (`above`; None at a root) that stands in one of `cells`."""
        place = ".".join(path)
        field = self._s.schema.graphql_field(parent, nodes[0].name.value)
        try:
            given = arguments(nodes[0], field, self._s.variables, place)
        except BadUserInput as error:  # go on: something below may be FORBIDDEN, which comes first
            self._s.refuse(error)
            given = dict.fromkeys(field.args, ABSENT)
        if isinstance(target, Merged):
            made = self._merged(target, given, place, cells)
        else:
            made = self._plain(target, given, place, cells)
        if above is not None and self._s.readings.shares(above, target):
            made.row.above = above
        connection = self._s.schema.type_behind(parent, nodes[0].name.value)
        made.parts = [
            (key, self._part(made, target, subs, connection, [*path, key]))
            for key, subs in self._s.collect(nodes, connection).items()
        ]
        rows = [node for node in made.nodes if isinstance(node, Row)]
        self._s.readings.settle(made.row, rows, summed=made.sums)
        self._s.readings.held(made)
        return made

    # -- which rows
    def _plain(self, target: ToMany, given: dict[str, Any], place: str, cells: Cells) -> Many:
        narrowed = given["scope"].sample if isinstance(given["scope"], Leaf) else "ALL"
        possible, reach = self._s.step(target.type_name, target, cells, narrowed)
        row = Row(target.type_name, target.type_name, target.model.__table__, reach)
        keys, mark, held = self._orders.order(row, target, given["orderBy"], f"{place}.orderBy")
        conditions = (
            [self._s.filters.where(row, given["where"], f"{place}.where")]
            if isinstance(given["where"], dict)
            else []
        )
        if target.versions:
            conditions.append(self._version(target.versions, given["version"]))
        page = self._pages.page(given, keys, mark, place)
        keep = self._s.keep(target.type_name, possible, reach)
        made = Many(row, target.local, target.remote, keep, conditions, keys, page, mark, held=held)
        if target.remote is None and self._s.dialect.lateral:
            made.collected = self._collected(target.type_name, reach)
        return made

    def _collected(self, type_name: str, reach: Cells) -> Collected | None:
        """The keys of the few rows whose rows the caller sees; None where there may be many, or all."""
        relations = self._s.plan.catalogue.relations
        found = relations.crowd(type_name)
        if found is None or found[0] not in self._s.narrow or any(not cell & RELATED for cell in reach):
            return None
        anchor, column = found
        keep = self._s.keep(anchor, relations.possible(anchor), reach)

        def keys() -> sa.Select[Any]:
            row = relations.table(anchor).alias()
            related = row.c.id.in_(sa.union(*relations.related(anchor)))
            return sa.select(row.c.id).where(related, *([keep(row)] if keep else []))

        return Collected(keys, column)

    def _version(self, columns: tuple[str, str], given: Any) -> Condition:
        """Only rows that count in the version, or now."""
        since, until = columns
        if not isinstance(given, Leaf):
            return lambda source: source.c[until].is_(None)
        number = self._s.parameters.add(sa.Integer(), given.get)

        def condition(source: Any) -> sa.ColumnElement[bool]:
            ends = source.c[until]
            return sa.and_(source.c[since] <= number, sa.or_(ends.is_(None), ends > number))

        return condition

    def _merged(self, target: Merged, given: dict[str, Any], place: str, cells: Cells) -> Many:
        wanted = (
            target.members
            if not isinstance(given["kinds"], Leaf)
            else {n: target.members[n] for n in target.members if n in given["kinds"].sample}
        )
        reach = {name: self._member_reach(target, name, cells) for name in wanted}
        row = Row(
            target.union, next(iter(target.members)), target.source(), frozenset().union(*reach.values())
        )
        keys = [
            Key(lambda source: source.c.at, desc=True, kind="time", nullable=False, type=UtcTime()),
            Key(lambda source: source.c.id, desc=True, kind="key", nullable=False, type=KeyType()),
        ]
        mark = cursors.signature(target.union, [("at", True), ("id", True)])
        return Many(
            row,
            target.local,
            target.remote,
            None,
            [self._kinds(row.anchor, cells, reach)],
            keys,
            self._pages.page(given, keys, mark, place),
            mark,
            members=reach,
            held=[(name, target.members[name].when) for name, reached in reach.items() if reached],
        )

    def _member_reach(self, target: Merged, name: str, cells: Cells) -> Cells:
        """Where rows of this type are in the timeline: its order tells when, so that must be shown."""
        effects = self._s.plan.effects(name, target.members[name].when)
        return frozenset(cell for cell in self._s.plan.reach(name, cells) if effects[cell] == SHOWN)

    def _kinds(self, anchor: str, cells: Cells, reach: dict[str, Cells]) -> Condition:
        """Only kinds whose rows may be seen, each in its own scope."""
        alike: dict[Cells, list[str]] = {}
        for name, reached in reach.items():
            if reached:
                alike.setdefault(reached, []).append(name)

        def condition(source: Any) -> sa.ColumnElement[bool]:
            parts = []
            for reached, names in alike.items():
                kind = source.c.kind.in_([Literal(name) for name in names])
                keep = self._s.keep(anchor, cells, reached)
                parts.append(sa.and_(kind, keep(source)) if keep else kind)
            return sa.or_(sa.false(), *parts)

        return condition

    # -- what is selected
    def _part(
        self, many: Many, target: ToMany | Merged, nodes: list[FieldNode], connection: str, path: list[str]
    ) -> Part:
        name = nodes[0].name.value
        if name == "nodes":
            return NodesPart(self._node(many, target, nodes, [*path, "*"]))
        if name == "edges":
            edge = self._s.schema.type_behind(connection, "edges")
            fields: list[tuple[str, Any]] = []
            for key, subs in self._s.collect(nodes, edge).items():
                match subs[0].name.value:
                    case "node":
                        fields.append((key, self._node(many, target, subs, [*path, "*", key])))
                    case "cursor":
                        fields.append((key, CURSOR))
                    case _:
                        fields.append((key, ConstantPart(json.dumps(edge))))
            return EdgesPart(fields)
        if name == "groups":
            return self._groups.part(many, nodes, connection, path)
        if name == "pageInfo":
            return PageInfoPart(
                [(key, subs[0].name.value) for key, subs in self._s.collect(nodes, "PageInfo").items()]
            )
        return TotalPart() if name == "totalCount" else ConstantPart(json.dumps(connection))

    def _node(
        self, many: Many, target: ToMany | Merged, nodes: list[FieldNode], path: list[str]
    ) -> Row | Members:
        if isinstance(target, ToMany):
            name, row = target.type_name, many.row
            return self._s.row(name, name, row.table, row.reach, nodes, path, row.above)
        rows = {}
        for name, member in target.members.items():
            reach = many.members.get(name, frozenset())
            rows[name] = self._s.row(name, name, member.model.__table__, reach, nodes, path)
        return Members({name: row for name, row in rows.items() if row.reach}, target.union)
