"""Search by a part of a name: by an index, exact, whatever stands around it (PRM-7)."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson
import pytest

from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.compiler.statements import watching
from tests.schema.world import World

NAME = "query($s: String!) { customers(where: {name: {contains: $s}}) { totalCount nodes { name } } }"
SOUGHT = (
    "王",
    "王伟",
    "伟王",
    "王 ",
    "A",
    "ａ",
    "QUO\uff02TE",
    "NULL",
    "é",
    "E\u0301",
    "😀",
    "",
    "\\",
    "%",
    "_",
    "''",
)


@pytest.mark.parametrize("sought", SOUGHT)
def test_any_part_in_any_case_and_width(world: World, judge: Judge, sought: str) -> None:
    for role in ("leader", "account_manager", "salesperson"):
        compare(world, judge, NAME, {"s": sought}, Caller((role,)))


@pytest.mark.parametrize("sought", ["王", "quo", "z", ""])
@pytest.mark.parametrize(
    "text",
    [
        "{ customers(where: {not: {name: {contains: $s}}}) { nodes { id } } }",
        "{ customers(where: {or: [{name: {contains: $s}}, {region: {eq: $s}}]}) { nodes { id } } }",
        "{ customers(where: {and: [{name: {contains: $s}}, {name: {contains: $s}}]}) { totalCount } }",
        "{ customers(where: {name: {contains: $s, startsWith: $s}}) { totalCount } }",
        "{ customers(where: {industry: {contains: $s}}) { totalCount } }",
        "{ customers(where: {loyalty: {category: {contains: $s}}}) { totalCount } }",
        "{ purchases(where: {customer: {name: {contains: $s}}}) { totalCount } }",
        "{ employees(where: {customers: {some: {name: {contains: $s}}}}) { nodes { id } } }",
        "{ employees(where: {customers: {none: {name: {contains: $s}}}}) { nodes { id } } }",
        "{ employees(where: {customers: {every: {name: {contains: $s}}}}) { nodes { id } } }",
        "{ activities(where: {title: {contains: $s}}) { groups { count } } }",
        "{ departments { nodes { employees(where: {name: {contains: $s}}) { nodes { name } } } } }",
    ],
)
def test_with_everything_that_a_filter_knows(world: World, judge: Judge, text: str, sought: str) -> None:
    compare(world, judge, f"query($s: String!) {text}", {"s": sought}, Caller(("account_manager",)))


@pytest.mark.parametrize("sought", ["a", "王", ""])
def test_forbidden_where_the_text_is_not_shown(world: World, judge: Judge, sought: str) -> None:
    """Whatever is sought."""
    text = "query($s: String!) { interactions(where: {summary: {contains: $s}}) { totalCount } }"
    assert compare(world, judge, text, {"s": sought}, Caller(("auditor",)))[1].code == "FORBIDDEN"


PLANS = {
    "customers": (NAME, "customers_name"),
    "related": (
        "query($s: String!) { purchases(where: {customer: {name: {contains: $s}}}) { nodes { id } } }",
        "customers_name",
    ),
    "titles": (
        "query($s: String!) { activities(where: {title: {contains: $s}}) { totalCount } }",
        "activities_title",
    ),
}


@pytest.mark.parametrize("role", ["leader", "account_manager"])
@pytest.mark.parametrize("asked", PLANS)
def test_the_index_is_used(world: World, asked: str, role: str) -> None:
    """Also within the account manager's scope."""
    (text, index), viewer = PLANS[asked], world.viewer((role,))
    for name, app in world.apps.items():
        with watching(app) as sql:
            assert world.ask(app, text, {"s": "王伟"}, viewer).body
        document = app.engine.documents.get(text, None)
        variables, shape = app.engine.documents.coerce(document, {"s": "王伟"})
        program = app.engine.read(document, variables, shape, viewer).program
        assert program is not None
        assert program.sql == sql[0]
        arguments = program.arguments(variables, viewer)
        if name == "sqlite":
            rows = world.run(app.database.reader.rows("EXPLAIN QUERY PLAN " + program.sql, arguments))
            plan = "\n".join(row[-1] for row in rows)
            assert "USING PRIMARY KEY (piece>? AND piece<?)" in plan
            assert f"{index}_pieces" in sql[0]
        else:
            assert f"ix_{index}_search" in world.run(_plan(app.database.url, program.sql, arguments))


async def _plan(url: str, sql: str, arguments: Any) -> str:
    """Of PostgreSQL, as if the tables were too large to be read through."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET enable_seqscan = off; SET enable_indexscan = off")
        rows = await connection.fetch(f"EXPLAIN {sql}", *arguments)
    finally:
        await connection.close()
    return orjson.dumps([row[0] for row in rows]).decode()
