"""Namespaces of plugins: on rows, and of roots; lists, filters and orders in them like everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from core.access.rules import READ, SHOW, Rule
from core.errors import RequestError
from schema.compiler.explaining import query_explained
from schema.http.protocol import GraphQLRequest
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.compiler.test_statements import ask_counting
from tests.schema.world import World, policy_of

DATABASES = ("sqlite", "postgres")
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ENTRY = "id viewerRelation points note at customer { id phone } purchase { amount { minor } }"
QUANTIFIED = tuple(
    f"{{ customers(where: {{{before}loyalty: {{entries: {{{way}: {{{condition}}}}}}}{after}}}) "
    f"{{ totalCount nodes {{ number }} }} }}"
    for way in ("some", "none", "every")
    for condition in ("", "points: {gte: 100}", 'note: {contains: "a"}')
    for before, after in (("", ""), ("not: {", "}"))
)
TEXTS = (
    "{ loyalty { __typename } }",
    f"{{ loyalty {{ entries {{ totalCount {INFO} edges {{ cursor node {{ {ENTRY} }} }} }} }} }}",
    """{ a: loyalty { x: rewards(last: 3) { pageInfo { startCursor } nodes { id name points } } }
        loyalty { me { id phone } more { customers(first: 9) { nodes { number loyalty { spent } } } } } }""",
    "{ loyalty { entries { groups(by: [AT_MONTH, CUSTOMER]) { keys count } } } }",
    """{ loyalty { ...F } ...{ loyalty { entries { totalCount } } } }
        fragment F on LoyaltyQuery { rewards { totalCount } more { __typename } more { a: __typename } }""",
    """{ loyalty @skip(if: true) { rewards { totalCount } }
        loyalty { me @include(if: false) { id } } }""",
    # on rows
    f"""{{ customers {{ nodes {{ name loyalty {{ spent entries(first: 2) {{ {INFO} nodes {{ {ENTRY} }} }}
        owner {{ name phone }} deeper {{ nameTwice entries(last: 1) {{ nodes {{ points }} }} }} palindrome
        }} }} }} }}""",
    """{ loyalty { entries { nodes { customer { loyalty { entries(first: 1) { nodes { customer {
        loyalty { purchases } } } } } } } } } }""",
    # filters
    *QUANTIFIED,
    "{ customers(where: {loyalty: {purchases: {gte: 2}, spent: {isNull: false}}}) { totalCount } }",
    "{ customers(where: {loyalty: {deeper: {entries: {some: {points: {lt: 0}}}}}}) { totalCount } }",
    '{ customers(where: {loyalty: {owner: {name: {gte: ""}}}}) { totalCount } }',
    "{ loyalty { entries(where: {customer: {loyalty: {purchases: {gte: 3}}}}) { totalCount } } }",
    # orders
    f"""{{ customers(orderBy: [{{loyalty: {{purchases: DESC}}}}, {{loyalty: {{deeper: {{nameTwice: ASC}}}}}}])
        {{ {INFO} edges {{ cursor node {{ number loyalty {{ purchases }} }} }} }} }}""",
    "{ customers(orderBy: [{loyalty: {spent: ASC}}]) { nodes { number } } }",
    "{ loyalty { more { customers(last: 4) { edges { cursor } } } } }",
    "{ customers(orderBy: [{loyalty: {}}]) { totalCount } }",
    "{ customers(orderBy: [{loyalty: {spent: ASC, purchases: ASC}}]) { totalCount } }",
    "{ customers(orderBy: [{loyalty: null}, {loyalty: {spent: null}}]) { totalCount } }",
)
CALLERS = (
    *(Caller((role,), who) for role in ("leader", "salesperson", "finance", "auditor") for who in (0, 1)),
    Caller(("customer_service",), None),
    Caller(
        ("a",),
        0,
        policy_of(
            [
                Rule("a", "type:Customer", READ, "team", "allow"),
                Rule("a", "type:LoyaltyEntry", READ, "department", "allow"),
                Rule("a", "type:LoyaltyReward", READ, "all", "allow"),
                Rule("a", "class:commercial", SHOW, "own", "allow"),
                Rule("a", "class:internal", SHOW, "all", "allow"),
                Rule("a", "field:LoyaltyOfCustomer.spent", SHOW, "all", "allow"),
            ]
        ),
    ),
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_compiled_is_interpreted_is_judged(world: World, judge: Judge, text: str) -> None:
    for caller in CALLERS:
        compare(world, judge, text, {}, caller)


def asked(world: World, text: str, roles: Sequence[str] = ("leader",), **given: Any) -> Any:
    body = world.ask(world.app, text, given, world.viewer(roles)).body
    assert body is not None, text
    return orjson.loads(body)


def test_a_list_is_paged_in_an_order_of_a_namespace(world: World) -> None:
    """Forth to the end, whatever the kind and however many values are alike or null."""
    text = """query($c: String, $o: [CustomerOrder!]) { customers(first: 3, after: $c, orderBy: $o) {
        nodes { id loyalty { purchases category } } pageInfo { endCursor hasNextPage } } }"""
    order = [{"loyalty": {"category": "DESC"}}, {"loyalty": {"purchases": "ASC"}}]
    found: list[Any] = []
    cursor, more = None, True
    while more:
        page = asked(world, text, c=cursor, o=order)["data"]["customers"]
        found += [(c["loyalty"]["category"], c["loyalty"]["purchases"], c["id"]) for c in page["nodes"]]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len({key for *_, key in found}) == len(world.rows["Customer"])
    known = sorted({category for category, *_ in found if category is not None}, reverse=True)
    assert list(dict.fromkeys(category for category, *_ in found)) == [*known, None]
    other = {"c": cursor, "o": [{"loyalty": {"purchases": "ASC"}}]}
    assert world.ask(world.app, text, other, world.viewer(["leader"])).code == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", DATABASES)
def test_all_roots_are_one_statement(world: World, name: str) -> None:
    text = "{ me { id } loyalty { me { id } rewards { totalCount } more { customers { totalCount } } } }"
    assert len(ask_counting(world, name, text)) == 1


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("{ loyalty { entries(first: -1) { totalCount } } }", "BAD_USER_INPUT", "loyalty.entries.first"),
        ('{ x: loyalty { entry(id: "cus_1") { id } } }', "BAD_USER_INPUT", "x.entry.id"),
        ('{ loyalty { entries(after: "zz") { totalCount } } }', "BAD_USER_INPUT", "loyalty.entries.after"),
        (
            (
                "{ loyalty { e: entries(orderBy: [{note: ASC}]) { totalCount } x: rewards(first: -1) "
                "{ totalCount } } }"
            ),
            "FORBIDDEN",
            "loyalty.e.orderBy.note",
        ),
        (
            "{ customers(orderBy: [{loyalty: {spent: ASC}}]) { totalCount } }",
            "FORBIDDEN",
            "customers.orderBy.loyalty.spent",
        ),
    ],
)
def test_refusals_name_the_place(world: World, text: str, code: str, place: str) -> None:
    app = world.app
    rules = [Rule("a", f"type:{name}", READ, "all", "allow") for name in ("Customer", "LoyaltyEntry")]
    viewer = world.viewer(["a"], of=policy_of(rules))
    document = app.engine.documents.get(text, None)
    for interpret in (False, True):
        with pytest.raises(RequestError) as refused:
            world.run(app.engine.query(document, {}, viewer, interpret=interpret))
        assert (refused.value.code, refused.value.field) == (code, place)


def test_redactions_tell_the_whole_path(world: World) -> None:
    said = asked(world, "{ x: loyalty { e: entries { nodes { note } } } }", ["finance"])
    (told,) = said["extensions"]["redactions"]
    assert (told["path"], told["type"], told["field"]) == (
        ["x", "e", "nodes", "*", "note"],
        "LoyaltyEntry",
        "note",
    )


def test_a_resolver_of_its_own_is_asked_beside(world: World) -> None:
    compiled = "entries(first: 2) { nodes { id points } } more { customers { totalCount } }"
    text = f'{{ a: loyalty {{ g: greeting(name: "x") {compiled} __typename }} }}'
    said = asked(world, text)["data"]["a"]
    assert list(said) == ["g", "entries", "more", "__typename"]
    assert said.pop("g") == "x, somebody"
    assert said == asked(world, f"{{ a: loyalty {{ {compiled} __typename }} }}")["data"]["a"]


def test_errors_of_resolvers_tell_the_whole_path(world: World) -> None:
    said = asked(world, '{ a: loyalty { g: greeting(name: "conflict") me { id } } }')
    assert said["data"]["a"]["g"] is None
    assert said["data"]["a"]["me"] is not None
    assert [(e["path"], e["extensions"]["code"]) for e in said["errors"]] == [(["a", "g"], "CONFLICT")]
    text = '{ loyalty { greeting(name: "forbidden") } }'
    assert world.ask(world.app, text, {}, world.viewer(["leader"])).code == "FORBIDDEN"


def test_they_are_explained(world: World) -> None:
    viewer, engine = world.viewer(["leader"]), world.app.engine
    for text, way in (
        ("{ loyalty { entries { nodes { customer { id } } } } }", "compiled"),
        ('{ loyalty { entries { nodes { id } } greeting(name: "x") } }', "interpreted"),
    ):
        answer = world.run(query_explained(engine, engine.documents.get(text, None), {}, viewer))
        assert answer.extensions is not None
        said = answer.extensions["explain"]
        assert said["way"] == way
        assert "LoyaltyEntry" in said["rows"]


def test_a_namespace_costs_one_field(world: World) -> None:
    def cost(text: str) -> int:
        return world.app.engine.documents.get(text, None).cost.at({})

    below = "(first: 7) { nodes { id customer { id } } }"
    assert cost(f"{{ loyalty {{ entries{below} }} }}") == cost(f"{{ purchases{below} }}") + 1


def test_a_request_is_answered_like_any_other(world: World) -> None:
    request = GraphQLRequest("{ loyalty { rewards(first: 1) { totalCount } } }", None)
    said = orjson.loads(world.run(world.app.execution(request, world.viewer(["leader"]))).body)
    assert said == {"data": {"loyalty": {"rewards": {"totalCount": len(world.rows["LoyaltyReward"])}}}}
