"""How much its fields cost: as many statements for many rows as for two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from graphql import GraphQLObjectType

from core.text import Text
from schema.conformance.outcome import Check, Skipped
from schema.conformance.stand import Stand
from schema.kit.door import post
from schema.kit.routes import PAGE, Route, nested
from schema.kit.texts import below, fields_of
from schema.testing.counting import counted
from schema.vocabulary.targets import Batch, Target

FEW = 2
NO_FIELDS = Text("it adds no fields", "没有添加字段")


def _selections(stand: Stand) -> Iterator[tuple[str, Route, str, Target | None]]:
    """(field, way to its type, selection, target) for each value, and each list behind another."""
    schema, ways = stand.subject.schema, stand.map
    for name, path, declaring, target in stand.subject.values():
        kind = schema.core.type_map[declaring]
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # fields are on objects
        shown = f"{path[-1]}{below(kind.fields[path[-1]].type)}"
        for route in [one for one in ways.to(name) if one.is_list][:1]:
            yield f"{declaring}.{path[-1]}", route, nested(path[:-1], shown), target
    for route in ways.lists:
        step = route.steps[-1]
        mine = step.path[0] == stand.subject.manifest.id or step.to in stand.subject.types
        if mine and len(route.steps) > 1:
            yield str(step), route, fields_of(schema, route.type_name), None


async def budget(stand: Stand) -> AsyncIterator[str]:
    """A field on 2 rows and on many sends the same number of statements; one, unless it is a batch."""
    found = list(_selections(stand))
    if not found:
        raise Skipped(NO_FIELDS)
    async with stand.under(stand.wide):
        for field, route, selection, target in found:
            sent = {rows: await _count(stand, route.ask(selection), rows) for rows in (FEW, PAGE)}
            batched = isinstance(target, Batch) or _has_batch(stand, route)
            if sent[FEW] != sent[PAGE] or (sent[PAGE] != 1 and not batched):
                yield f"{field}: " + ", ".join(f"{count} SQL ← {rows}" for rows, count in sent.items())


def _has_batch(stand: Stand, route: Route) -> bool:
    fields = stand.subject.schema.fields_within(route.type_name)
    return any(isinstance(target, Batch) for _, _, target in fields)


async def _count(stand: Stand, text: str, rows: int) -> int:
    """How many statements the question sends, once everything about it is compiled and known."""
    text = text.replace(f"first: {PAGE}", f"first: {rows}")
    web, token = stand.stage.web, stand.stage.token(stand.widest)
    await stand.ask(stand.widest, text)
    with counted(stand.stage.app.database) as sent:
        await post(web, token, text, None)
    return len(sent)


CHECKS = (
    Check(
        "budget",
        Text(
            "a field costs as many statements on many rows as on two", "字段在多行与两行上的 SQL 语句数相同"
        ),
        Text(
            "make it an expression, a relation, or a batch that asks once for all keys",
            "请改为表达式、关系，或一次取全部键的批量字段",
        ),
        tries=budget,
    ),
)
