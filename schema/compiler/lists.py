"""Connections: which rows, in which order, which page of them, and what is selected on each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import FieldNode

from core.access.cells import Cells
from core.access.plan import SHOWN
from core.db.types import Key as KeyType
from core.db.types import UtcTime
from core.errors import BadUserInput, Forbidden
from core.text import Text
from schema.compiler import cursors
from schema.compiler.elements import Literal
from schema.compiler.filters import reader
from schema.compiler.groups import Aggregates
from schema.compiler.parameters import TYPES
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
    Page,
    PageInfoPart,
    Part,
    Place,
    Row,
    TotalPart,
)
from schema.compiler.values import ABSENT, NULL, Leaf, Variables, arguments
from schema.vocabulary.targets import Merged, MoneyColumns, NodeId, ToMany

if TYPE_CHECKING:
    from schema.compiler.select import Selector

DEFAULT_PAGE = 50
RANGE = Text("must be 0 to {most}", "须在 0 到 {most} 之间")
BOTH = Text(
    "`first` and `last` can't stand together; use one of them", "`first` 与 `last` 不能同时使用；请只用其一"
)
ONE_FIELD = Text("each entry of `orderBy` names exactly one field", "`orderBy` 的每一项须恰好写一个字段")


class Lists:
    """Reads connections of one compilation."""

    def __init__(self, selector: Selector) -> None:
        """Refusals and parameters go to the selector."""
        self._s, self._groups = selector, Aggregates(selector)

    def many(
        self, target: ToMany | Merged, nodes: list[FieldNode], path: list[str], parent: str, cells: Cells
    ) -> Many:
        """A connection field of an object that stands in one of `cells`."""
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
        connection = self._s.schema.type_behind(parent, nodes[0].name.value)
        made.parts = [
            (key, self._part(made, target, subs, connection, [*path, key]))
            for key, subs in self._s.collect(nodes, connection).items()
        ]
        return made

    # -- which rows
    def _plain(self, target: ToMany, given: dict[str, Any], place: str, cells: Cells) -> Many:
        narrowed = given["scope"].sample if isinstance(given["scope"], Leaf) else "ALL"
        possible, reach = self._s.step(target.type_name, target, cells, narrowed)
        row = Row(target.type_name, target.type_name, target.model.__table__, reach)
        keys, mark = self._order(row, target, given["orderBy"], f"{place}.orderBy")
        conditions = (
            [self._s.filters.where(row, given["where"], f"{place}.where")]
            if isinstance(given["where"], dict)
            else []
        )
        if target.versions:
            conditions.append(self._version(target.versions, given["version"]))
        page = self._page(given, keys, mark, place)
        keep = self._s.keep(target.type_name, possible, reach)
        made = Many(row, target.local, target.remote, keep, conditions, keys, page, mark)
        if target.remote is None and self._s.dialect.lateral:
            made.collected = self._collected(target.type_name, reach)
        return made

    def _collected(self, type_name: str, reach: Cells) -> Collected | None:
        """The keys of the few rows whose rows the caller sees; None where there may be many, or all."""
        relations = self._s.plan.catalogue.relations
        found = relations.crowd(type_name)
        if found is None or found[0] not in self._s.narrow or 0 in reach:
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
            self._page(given, keys, mark, place),
            mark,
            members=reach,
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

    # -- in which order
    def _order(self, row: Row, target: ToMany, given: Any, place: str) -> tuple[list[Key], str]:
        asked = self._asked(given, place) or self._default(row, target)
        asked.append(("id", asked[-1][1] if asked else False))
        asked = asked[: next(i for i, (name, _) in enumerate(asked) if name == "id") + 1]
        keys = []
        for name, desc in asked:
            if not self._s.plan.shown_everywhere(row.type_name, name, row.reach):
                self._s.refuse(Forbidden(f"{place}.{name}"))
            declared: Any = self._s.schema.declared(row.type_name)[name]
            kind = (
                "key"
                if isinstance(declared, NodeId)
                else "long"
                if isinstance(declared, MoneyColumns)
                else declared.kind
            )
            keys.append(
                Key(
                    reader(declared),
                    desc,
                    kind,
                    declared.nullable,
                    getattr(declared, "type", None) or TYPES[kind],
                )
            )
        return keys, cursors.signature(row.type_name, asked)

    def _default(self, row: Row, target: ToMany) -> list[tuple[str, bool]]:
        """The declared order, as far as it tells nothing that is not shown."""
        shown = self._s.plan.shown_everywhere
        return [(name, desc) for name, desc in target.order if shown(row.type_name, name, row.reach)]

    def _asked(self, given: Any, place: str) -> list[tuple[str, bool]]:
        asked: list[tuple[str, bool]] = []
        for entry in given if isinstance(given, list) else ():
            if len(entry) != 1 or NULL in entry.values():
                self._s.refuse(BadUserInput(place, ONE_FIELD))
                continue
            ((name, direction),) = entry.items()
            asked.append((name, direction.sample == "DESC"))
        return asked

    # -- which page
    def _page(self, given: dict[str, Any], keys: list[Key], mark: str, place: str) -> Page:
        first, last = (given[n] if isinstance(given[n], Leaf) else None for n in ("first", "last"))
        if first and last:
            self._s.refuse(BadUserInput(place, BOTH))
        chosen = first or last or Leaf(lambda _: DEFAULT_PAGE, DEFAULT_PAGE)
        name = f"{place}.{'last' if last and not first else 'first'}"

        def limit(vs: Variables) -> int:
            count: int = chosen.get(vs)
            if not 0 <= count <= self._s.most_rows:
                raise BadUserInput(name, RANGE, most=self._s.most_rows)
            return count

        return Page(
            limit=self._s.parameters.add(sa.Integer(), limit),
            more=self._s.parameters.add(sa.Integer(), lambda vs: limit(vs) + 1),
            backward=bool(last and not first),
            after=self._place(given["after"], keys, mark, f"{place}.after"),
            before=self._place(given["before"], keys, mark, f"{place}.before"),
        )

    def _place(self, given: Any, keys: list[Key], mark: str, place: str) -> Place | None:
        if not isinstance(given, Leaf):
            return None
        try:
            sample = cursors.values(given.sample, mark, keys, place)
        except BadUserInput as error:
            self._s.refuse(error)
            return None

        def part(i: int) -> Any:
            return lambda vs: cursors.values(given.get(vs), mark, keys, place)[i]

        return Place(
            [
                (None if value is None else self._s.parameters.add(key.type, part(i)), value is None)
                for i, (key, value) in enumerate(zip(keys, sample, strict=True))
            ]
        )

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
            return self._s.row(
                target.type_name, target.type_name, many.row.table, many.row.reach, nodes, path
            )
        rows = {}
        for name, member in target.members.items():
            reach = many.members.get(name, frozenset())
            rows[name] = self._s.row(name, name, member.model.__table__, reach, nodes, path)
        return Members({name: row for name, row in rows.items() if row.reach}, target.union)
