"""The interpreter: the same tree, read level by level, for what one statement can't hold.

One statement per list level, whatever the number of parents, with the same projections, scopes, filters and
orders as the compiler's. What the tree has read is completed by graphql-core's executor, which also runs
resolvers that only Python can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from graphql import GraphQLError
from graphql import experimental_execute_incrementally as execute  # the other one refuses schemas with @defer

from core.access.viewer import Viewer
from core.db.database import Database
from core.db.expressions import ListOf
from core.db.types import Key as KeyType
from core.errors import BaokeError, Forbidden, RequestError
from core.services import Services
from schema.compiler.dialect import Dialect
from schema.compiler.documents import Document
from schema.compiler.elements import Concat, Gather
from schema.compiler.program import Filler, Program, render
from schema.compiler.select import Selector
from schema.compiler.shape import Shaper
from schema.compiler.tree import (
    ConstantPart,
    EdgesPart,
    Item,
    Lookup,
    Many,
    Members,
    Nodes,
    NodesPart,
    One,
    Opaque,
    Part,
    Row,
    Space,
    Value,
)
from schema.compiler.values import Variables
from schema.vocabulary.resolving import ROW_TYPE
from schema.vocabulary.schema import Schema

PARENTS = "parents"


@dataclass(slots=True)
class Result:
    """JSON of `data`, and errors of resolvers."""

    data: bytes
    errors: list[dict[str, Any]]


@dataclass(slots=True)
class RequestContext:
    """What resolvers find in `info.context`: who asks, and what the application offers."""

    viewer: Viewer
    services: Services


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation is asked with. `given`: the variables as they were sent; `variables`: coerced.

    `levels`: the programs of the tree's items, kept with it.
    """

    selector: Selector
    levels: dict[int, Program]
    variables: Variables
    given: Mapping[str, Any]
    viewer: Viewer
    filler: Filler


class Interpreter:
    """Reads trees of one application."""

    def __init__(self, schema: Schema, dialect: Dialect, database: Database, services: Services) -> None:
        """`database` is read through its reader only; `services` are for resolvers."""
        self._schema, self._dialect, self._database, self._services = schema, dialect, database, services

    async def run(self, document: Document, tree: Space, asked: Asked) -> Result:
        """Read the whole tree, then let the executor complete it."""
        reading = _Reading(self._dialect, self._database, asked)
        outcome: Any = execute(
            self._schema.core,
            document.ast,
            root_value=await reading.space(tree),
            context_value=RequestContext(asked.viewer, self._services),
            variable_values=dict(asked.given),  # it coerces them itself
            operation_name=document.name,
        )
        result = await outcome if hasattr(outcome, "__await__") else outcome
        _refuse(result.errors or ())
        errors = [_told(error, asked.viewer) for error in result.errors or ()]
        return Result(orjson.dumps(result.data), errors)


def _refuse(errors: Iterable[GraphQLError]) -> None:
    """What a resolver refuses is refused as a whole, as it is elsewhere: FORBIDDEN first."""
    refusals = [e.original_error for e in errors if isinstance(e.original_error, RequestError)]
    refusals.sort(key=lambda refusal: not isinstance(refusal, Forbidden))
    if refusals:
        raise refusals[0]


def _told(error: GraphQLError, viewer: Viewer) -> dict[str, Any]:
    original = error.original_error
    if not isinstance(original, BaokeError):
        raise original or error  # a defect: masked and logged at the edge
    return {
        "message": original.message(viewer.language),
        "path": error.path,
        "extensions": {"code": original.code},
    }


@dataclass(slots=True)
class _Pending:
    """A list that is still to be read, for every parent that has one."""

    many: Many
    places: list[tuple[dict[str, Any], str, str]]


class _Reading:
    """One pass over one tree."""

    def __init__(self, dialect: Dialect, database: Database, asked: Asked) -> None:
        self._d, self._database, self._asked, self._s = dialect, database, asked, asked.selector

    async def space(self, space: Space) -> dict[str, Any]:
        """All roots; what has a resolver of its own is left to the executor."""
        found: dict[str, Any] = {ROW_TYPE: space.type_name}
        for key, item in space.roots:
            if not isinstance(item, Opaque):
                found[key] = await self._root(item)
        return found

    async def _root(self, item: Any) -> Any:
        if isinstance(item, ConstantPart):
            return orjson.loads(item.text)
        if isinstance(item, Space):
            return await self.space(item)
        value = await self._ask(item, lambda: Shaper(self._d).statement([("v", _cut(item))]))
        pending: dict[int, _Pending] = {}
        found = value["v"]
        _walk(item, found, pending)
        await self._below(pending)
        return found

    async def _below(self, pending: dict[int, _Pending]) -> None:
        """Read the lists of one level, each with one statement for all parents; then the levels below."""
        while pending:
            below: dict[int, _Pending] = {}
            for wait in pending.values():
                await self._level(wait, below)
            pending = below

    async def _level(self, wait: _Pending, below: dict[int, _Pending]) -> None:
        keys = sorted({key for _, _, key in wait.places})
        parents = {PARENTS: [UUID(hex=key) for key in keys]}
        found = dict(await self._ask(wait.many, lambda: self._level_of(wait.many), parents))
        for place, response_key, key in wait.places:
            value = orjson.loads(orjson.dumps(found[key]))  # each parent gets lists of its own
            place[response_key] = value
            _walk(wait.many, value, below)

    def _level_of(self, many: Many) -> Any:
        """The statement that reads a list for many parents: pairs of a parent's key and its list."""
        shaper = Shaper(self._d)
        parameter = sa.bindparam(PARENTS, type_=ListOf(KeyType()))
        source, (column,), _ = self._d.elements([parameter], shaper.scans.name("n"))
        parents = sa.select(column.label(many.local)).select_from(source).subquery(shaper.scans.name("p"))
        joins: list[Any] = []
        text = shaper.many(_cut(many), parents, joins, in_set=True)
        pair = Concat(["[", self._d.json("key", parents.c[many.local], nullable=False), ",", text, "]"])
        joined: Any = parents
        for right, on in joins:
            joined = joined.outerjoin(right, on)
        pairs = sa.func.coalesce(Gather(pair), Concat([""]))
        return sa.select(Concat(["[", pairs, "]"])).select_from(joined)

    async def _ask(self, item: Any, statement: Callable[[], Any], extra: dict[str, Any] | None = None) -> Any:
        """What the statement of an item of the tree gives; it is rendered once."""
        program = self._asked.levels.get(id(item))
        if program is None:
            program = render(statement(), self._d, self._s.parameters, self._s.holes)
            self._asked.levels[id(item)] = program
        arguments = program.arguments(self._asked.variables, self._asked.viewer, extra)
        return orjson.loads(await program.part(self._database.reader, arguments, self._asked.filler))


def _cut(item: Any) -> Any:
    """The item without the lists below it: in their place stands the key that they hang on."""
    if isinstance(item, Many):
        return replace(item, parts=[(key, _cut_part(part)) for key, part in item.parts])
    if isinstance(item, Row):
        return _cut_row(item)
    if isinstance(item, (One, Lookup)):
        return replace(item, row=_cut(item.row))
    if isinstance(item, Members):
        return replace(item, rows={name: _cut(row) for name, row in item.rows.items()})
    if isinstance(item, Nodes):
        return replace(item, lookups=[_cut(lookup) for lookup in item.lookups])
    return item


def _cut_part(part: Part) -> Part:
    if isinstance(part, NodesPart):
        return replace(part, node=_cut(part.node))
    if isinstance(part, EdgesPart):
        fields = [(key, _cut(x) if isinstance(x, (Row, Members)) else x) for key, x in part.fields]
        return replace(part, fields=fields)
    return part


def _cut_row(row: Row) -> Row:
    items: list[tuple[str, Item]] = [(ROW_TYPE, ConstantPart(f'"{row.type_name}"'))]
    for key, sub in row.items:
        if isinstance(sub, Many):
            items.append((f"${key}", _key(sub.local)))
        elif not isinstance(sub, Opaque):
            items.append((key, _cut(sub)))
    return replace(row, items=items)


def _key(local: str) -> Value:

    def build(source: Any) -> Any:
        return Concat(
            [
                '"',
                sa.func.replace(
                    sa.cast(source.c[local], sa.Text), sa.literal_column("'-'"), sa.literal_column("''")
                ),
                '"',
            ]
        )

    return Value(build)


def _walk(item: Any, value: Any, pending: dict[int, _Pending]) -> None:
    """Find the lists that are still to be read below a value."""
    if value is None:
        return
    if isinstance(item, Many):
        for key, part in item.parts:
            _walk_part(part, value[key], pending)
    elif isinstance(item, Row):
        _walk_row(item, value, pending)
    elif isinstance(item, (One, Lookup)):
        _walk(item.row, value, pending)
    elif isinstance(item, Members):
        _walk(item.rows[value[ROW_TYPE]], value, pending)
    elif isinstance(item, Nodes):
        rows = {lookup.row.type_name: lookup for lookup in item.lookups}
        for one in value:
            if one is not None:
                _walk(rows[one[ROW_TYPE]], one, pending)


def _walk_part(part: Part, value: Any, pending: dict[int, _Pending]) -> None:
    if isinstance(part, NodesPart):
        for one in value:
            _walk(part.node, one, pending)
    elif isinstance(part, EdgesPart):
        for one in value:
            for key, what in part.fields:
                _walk(what, one[key], pending)


def _walk_row(row: Row, value: dict[str, Any], pending: dict[int, _Pending]) -> None:
    for key, sub in row.items:
        if isinstance(sub, Many):
            wait = pending.setdefault(id(sub), _Pending(sub, []))
            wait.places.append((value, key, value.pop(f"${key}")))
        elif not isinstance(sub, Opaque):
            _walk(sub, value[key], pending)
