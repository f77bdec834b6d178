"""The judge: what an operation must be answered, found in the most naive way.

graphql-core's executor walks a schema rebuilt from its own text; rows are filtered, sorted and cut in plain
Python; casbin's `enforce()` is asked for every row, field and relation. It shares the declarations with the
product, and nothing else: no plan, no SQL, no tree.

The operation is walked twice. First over imagined rows, one of each type that can stand at a place, in every
relation that it can stand in: from this come the refusals and redactions, so that neither depends on what is
stored. Then over the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_nullable_type,
    parse,
    print_schema,
    validate,
)

from core.access.rules import Policy
from core.access.viewer import Viewer
from core.db.sensitivity import UNRECORDED
from core.errors import BadUserInput
from core.ids import split_global_id
from core.settings import Settings
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import (
    VALUES,
    AnyNode,
    Batch,
    ById,
    Expression,
    Merged,
    MoneyColumns,
    Namespace,
    NodeId,
    OfViewer,
    Sealed,
    ToMany,
    ToOne,
    ViewerRelation,
)
from tests.schema.compiler.conditions import Conditions
from tests.schema.compiler.grouping import Grouping, Listed, Measured
from tests.schema.compiler.pages import Pages
from tests.schema.compiler.relations import Cells, Relations
from tests.schema.compiler.scalars import SCALARS
from tests.schema.compiler.written import written, written_money
from tests.schema.rows import Row, Rows

BAD, NO, INVALID = "BAD_USER_INPUT", "FORBIDDEN", "GRAPHQL_VALIDATION_FAILED"
Facts = Mapping[tuple[str, str], Callable[[Rows, Row], Any]]
"""What a plugin's expressions and batch resolvers must give, in Python."""


ROOT: Mapping[str, Any] = {}
"""Stands for a namespace of roots, which is on no row."""


@dataclass(frozen=True)
class Verdict:
    """The whole body, or the codes of which one must be answered.

    `shown`: the sensitive fields in it (`Customer.phone`), each with the customer whose it is.
    """

    body: bytes | None
    codes: frozenset[str] = frozenset()
    shown: frozenset[tuple[str, UUID]] = frozenset()


@dataclass(frozen=True)
class Thing:
    """An object on the way: a row, or (None) an imagined one. `cells`: in which relations it may stand."""

    type_name: str
    anchor: str
    row: Row | None
    cells: Cells


class Judge:
    """Judges operations over one schema and its rows."""

    def __init__(self, schema: Schema, rows: Rows, facts: Facts, settings: Settings) -> None:
        """`settings`: the largest page, and the time zone."""
        self.schema, self.rows, self.facts = schema, rows, facts
        self.most, self.zone = settings.max_page, settings.zone
        self._valid, self._loose = (_rebuilt(schema) for _ in range(2))
        _make_nullable(self._loose)  # so that an error stays where it is
        self._relations: dict[Any, Relations] = {}

    def judge(
        self, text: str, variables: Mapping[str, Any], viewer: Viewer, policy: Policy, *, keep: bool = True
    ) -> Verdict:
        """What must be answered. `keep`: remember what casbin said of this policy."""
        document = parse(text)
        if validate(self._valid, document):
            return Verdict(None, frozenset({INVALID}))
        key = (id(policy), viewer.roles, viewer.purpose, viewer.held)
        relations = self._relations.get(key) or Relations(self.schema, self.rows, policy, viewer)
        if keep:
            self._relations[key] = relations
        walk = Walk(self, relations, viewer)

        def run() -> Any:
            return execute_sync(
                self._loose,
                document,
                field_resolver=walk.resolve,
                type_resolver=lambda thing, *_: thing.type_name,
                variable_values=dict(variables),
            )

        imagined = run()
        for error in imagined.errors or ():
            if not isinstance(error.original_error, (GraphQLError, type(None))):
                raise error.original_error
        if imagined.errors:  # an argument that can't be read; what stands below it was not walked
            return Verdict(None, frozenset({NO} if NO in walk.refusals else {NO, BAD}))
        if walk.refusals:
            return Verdict(None, frozenset({NO if NO in walk.refusals else BAD}))
        walk.imagining = False
        found = run()
        assert not found.errors, found.errors
        return Verdict(_body(found.data, walk.redactions), shown=frozenset(walk.shown))


def _body(data: Any, redactions: Sequence[Any]) -> bytes:
    extensions = {"extensions": {"redactions": redactions}} if redactions else {}
    return orjson.dumps({"data": data, **extensions})


def _rebuilt(schema: Schema) -> GraphQLSchema:
    made = build_schema(print_schema(schema.core))
    made.directives = tuple(d for d in made.directives if d.name != "defer")  # `execute_sync` refuses it
    for name, read in SCALARS.items():
        scalar: Any = made.type_map[name]
        scalar.parse_value = scalar.coerce_input_value = read
    return made


def _make_nullable(schema: GraphQLSchema) -> None:
    def loose(kind: Any) -> Any:
        kind = get_nullable_type(kind)
        return GraphQLList(loose(kind.of_type)) if isinstance(kind, GraphQLList) else kind

    for name, made in schema.type_map.items():
        if not name.startswith("__"):
            for field in getattr(made, "fields", {}).values():
                if hasattr(field, "args"):
                    field.type = loose(field.type)


class Walk:
    """One operation of one caller."""

    def __init__(self, judge: Judge, relations: Relations, viewer: Viewer) -> None:
        self._judge, self._is, self._viewer = judge, relations, viewer
        self._schema, self._rows = judge.schema, judge.rows
        self.imagining = True
        self.refusals: set[str] = set()
        self.redactions: list[Any] = []
        self.shown: set[tuple[str, UUID]] = set()
        self._conditions = Conditions(judge.schema, judge.rows, relations, viewer, judge.facts)
        self._pages = Pages(judge.schema, judge.rows, relations, viewer, self._conditions, judge.most)
        self._grouping = Grouping(judge.schema, self._conditions, judge.zone, judge.most)

    def resolve(self, source: Any, info: Any, **given: Any) -> Any:  # noqa: PLR0911
        """Any field of any object."""
        type_name, field = info.parent_type.name, info.field_name
        target = self._schema.target(type_name, field)
        if isinstance(source, Measured):
            return self._measure(source, field)
        if target is None and field == "groups":
            return self._groups(source["$list"], given)
        if target is None:
            return source[field]  # a part of a connection, of a group or of money
        if isinstance(target, Namespace):
            below = self._schema.type_behind(type_name, field)
            return replace(source, type_name=below) if isinstance(source, Thing) else ROOT
        if isinstance(target, VALUES):
            return self._value(source, info, target)
        if isinstance(target, ToOne):
            return self._to_one(source, info, target)
        if isinstance(target, (ToMany, Merged)):
            return self._list(source, target, given)
        if isinstance(target, OfViewer):
            return self._found(target.model.__name__, self._viewer.employee)
        if isinstance(target, ById):
            name = target.model.__name__
            prefix = target.model.__prefix__ or ""
            return self._found(name, self._key(given["id"], {prefix: name})[1])
        assert isinstance(target, AnyNode), target
        return self._nodes(given["ids"]) if target.many else self._node(given["id"])

    # -- values
    def _effect(self, thing: Thing, info: Any, target: Any) -> str:
        """What happens to a field. At an imagined row the redaction is noted; at a row its cell decides."""
        about = (thing.type_name, info.field_name, target.sensitivity.name)
        if thing.row is not None:
            effect = self._is.effect(*about, self._is.cell(self._viewer, thing.anchor, thing.row))
            if effect == "SHOW" and about[2] not in UNRECORDED:
                customer = thing.row["id"] if thing.anchor == "Customer" else thing.row.get("customer_id")
                self.shown |= {("{}.{}".format(*about), customer)} if customer else set()
            return effect
        effects = {cell: self._is.effect(*about, cell) for cell in self._is.sorted(thing.cells)}
        if set(effects.values()) - {"SHOW"}:
            path = ["*" if isinstance(key, int) else key for key in info.path.as_list()]
            told = {"path": path, "type": about[0], "field": about[1], "class": about[2]}
            self.redactions.append({**told, "effect": effects})
        return ""

    def _value(self, thing: Thing, info: Any, target: Any) -> Any:  # noqa: PLR0911
        effect = self._effect(thing, info, target)
        row = thing.row
        if row is None or effect == "HIDE":
            return None
        if effect == "MASK":
            value = row[target.field.name] if isinstance(target, Sealed) else None
            return None if value is None else target.field.normal.mask(value)
        if isinstance(target, ViewerRelation):
            cell = self._is.cell(self._viewer, thing.anchor, row)
            return [name.upper() for name in cell.split("+") if name in ("own", "team", "department")]
        if isinstance(target, NodeId):
            return f"{target.prefix}_{row['id'].hex}"
        if isinstance(target, MoneyColumns):
            return written_money(row[target.minor], row[target.currency])
        if isinstance(target, (Expression, Batch)):
            return written(self._judge.facts[thing.type_name, info.field_name](self._rows, row))
        value = row[target.field.name if isinstance(target, Sealed) else target.column]
        if target.kind == "json":
            return orjson.loads(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
        return written(value)

    # -- rows
    def _to_one(self, thing: Thing, info: Any, target: ToOne) -> Thing | None:
        name = target.model.__name__
        effect = self._effect(thing, info, target)
        about = (thing.type_name, info.field_name, target.sensitivity.name)
        seen = frozenset(c for c in thing.cells if self._is.effect(*about, c) == "SHOW")
        cells = self._is.reach(name, seen if target.on_path else None) if seen else frozenset()
        if thing.row is None:
            return Thing(name, name, None, cells)
        return self._row(name, thing.row[target.local], cells) if effect == "SHOW" else None

    def _row(self, name: str, key: Any, cells: Cells) -> Thing | None:
        row = next((r for r in self._rows[name] if r["id"] == key), None)
        if row is None or not self._is.visible(self._viewer, name, row):
            return None
        return Thing(name, name, row, cells)

    def _found(self, name: str, key: Any) -> Thing | None:
        cells = self._is.reach(name)
        return Thing(name, name, None, cells) if self.imagining else self._row(name, key, cells)

    def _key(self, text: str, types: Mapping[str, str]) -> tuple[str | None, Any]:
        try:
            prefix, key = split_global_id(text)
        except BadUserInput:
            prefix = key = None  # type: ignore[assignment]
        if prefix not in types:
            self.refusals.add(BAD)
            return None, None
        return types[prefix], key

    def _node(self, text: str) -> Thing | None:
        name, key = self._key(text, self._prefixes)
        return self._found(name, key) if name else None

    def _nodes(self, texts: list[str]) -> list[Thing | None]:
        if len(texts) > self._judge.most:
            self.refusals.add(BAD)
        found = [self._key(text, self._prefixes) for text in texts]
        if self.imagining:
            return [self._found(name, None) for name in sorted({n for n, _ in found if n})]
        return [self._found(name, key) for name, key in found if name]

    @property
    def _prefixes(self) -> dict[str, str]:
        return {model.__prefix__ or "": name for name, model in self._schema.models.items()}

    # -- lists
    def _list(self, source: Thing | None, target: ToMany | Merged, given: dict[str, Any]) -> dict[str, Any]:
        kinds = self._pages.kinds(target, given, source.cells if source else None)
        if self.imagining:
            self.refusals |= self._pages.faults(target, given, kinds)
            made = _connection([("", Thing(n, n, None, cells)) for n, cells in kinds.items()], {}, 0)
            return made | self._listed(target, kinds, None)
        parent = source.row if source else None
        page = self._pages.read(target, given, parent, kinds)
        things = [(cursor, Thing(n, n, row, kinds[n])) for cursor, n, row in page.rows]
        made = _connection(things, {"hasNextPage": page.more, "hasPreviousPage": page.less}, page.total)
        return made | self._listed(
            target, kinds, lambda name: self._pages.rows_of(target, name, given, parent)
        )

    # -- aggregates
    @staticmethod
    def _listed(target: ToMany | Merged, kinds: dict[str, Cells], rows: Any) -> dict[str, Any]:
        if isinstance(target, Merged):
            return {}
        name = target.type_name
        return {"$list": Listed(target, kinds[name], rows and rows(name))}

    def _groups(self, listed: Listed, given: dict[str, Any]) -> Any:
        if listed.rows is None:
            self.refusals |= self._grouping.faults(listed, given)
            return self._grouping.imagined(listed)
        return self._grouping.groups(listed, given)

    def _measure(self, source: Measured, field: str) -> Any:
        name = source.listed.target.type_name
        if self.imagining and not self._conditions.shown(name, field, source.listed.cells):
            self.refusals.add(NO)
        value = None if self.imagining else self._grouping.measure(source, field)
        return written_money(*value) if isinstance(value, tuple) else written(value)


def _connection(page: list[tuple[str, Thing]], info: dict[str, Any], total: int) -> dict[str, Any]:
    cursors = [cursor for cursor, _ in page]
    return {
        "nodes": [thing for _, thing in page],
        "edges": [{"cursor": cursor, "node": thing} for cursor, thing in page],
        "pageInfo": {
            "hasNextPage": None,
            "hasPreviousPage": None,
            **info,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "totalCount": total,
    }
