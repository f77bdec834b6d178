# ruff: noqa: E501  (a case reads better on one line)
"""The gaps by which earlier compilers let requests through, each against the judge (PRM-2, PRM-3, PRM-6)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.world import World

BAD, INVALID = "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"
LIMIT = "query($n: Int) { customers(first: $n) { nodes { id } } }"
STRICT = "query($n: Int!) { customers(first: $n) { nodes { id } } }"
AFTER = "query($c: String) { customers(after: $c) { nodes { id } } }"
NAME = "query($s: String!) { customers(where: {name: {eq: $s}}) { nodes { id } } }"
PHONE = "query($s: String!) { customers(where: {phone: {eq: $s}}) { nodes { id } } }"
SINCE = "query($t: DateTime!) { customers(where: {createdAt: {gte: $t}}) { nodes { id } } }"
SPEND = "query($m: MoneyInput!) { customers(where: {spend: {eq: $m}}) { nodes { id } } }"
ONE = "query($i: ID!) { customer(id: $i) { name } }"
ROW = "query($i: ID!) { node(id: $i) { id } }"
IF = "query($b: Boolean = true) { customers(first: 1) { totalCount @include(if: $b) nodes { id } } }"
EMPTY = "{ customers(where: %s) { totalCount } }"


def cursor(*values: Any) -> str:
    return orjson.dumps(values).hex()


CASES: list[tuple[str, dict[str, Any], str | None]] = [
    # limits: null, omitted, negative, too large
    (LIMIT, {}, None),
    (LIMIT, {"n": None}, None),
    ("query($n: Int = 2) { customers(first: $n) { nodes { id } } }", {}, None),
    ("query($n: Int = 2) { customers(first: $n) { nodes { id } } }", {"n": None}, None),
    *((LIMIT, {"n": n}, BAD) for n in (-1, 101, 2**31 - 1, 2**31, -(2**31) - 1, "1", 1.5, True)),
    (LIMIT, {"n": 0}, None),
    *((STRICT, {"n": n}, BAD) for n in (-1, 2**31, "1", None, True)),
    (STRICT, {}, BAD),
    ("{ customers(first: 2147483648) { nodes { id } } }", {}, INVALID),
    ("{ customers(first: 1, last: 1) { nodes { id } } }", {}, BAD),
    ("{ customers(last: -1) { totalCount } }", {}, BAD),
    ("{ customers(first: -1) { __typename } }", {}, BAD),  # checked though nothing needs it
    ("{ customers(last: 0) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }", {}, None),
    # ids
    *((ONE, {"i": i}, BAD) for i in ("", "cus_", "emp_" + "1" * 32, "cus_" + "G" * 32, "CUS_" + "1" * 32, 5)),
    (ONE, {"i": "cus_" + "1" * 32}, None),
    *((ROW, {"i": i}, BAD) for i in ("", "xyz_" + "1" * 32, "cus_1")),
    ('query($i: ID = "x") { customer(id: $i) { name } }', {"i": None}, BAD),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": []}, None),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["cus_" + "1" * 32, "emp_" + "1" * 32]}, None),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["cus_" + "1" * 32, "x"]}, BAD),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["cus_" + "1" * 32] * 101}, BAD),
    # cursors
    (AFTER, {}, None),
    (AFTER, {"c": None}, None),
    *(
        (AFTER, {"c": c}, BAD)
        for c in ("", "zz", "ff", "5b5d", cursor(), cursor(1), cursor("x", "a", "b"), "5" * 30_000)
    ),
    (
        "query($c: String!) { customers(first: 1) { nodes @skip(if: true) { purchases(after: $c) { totalCount } } } }",
        {"c": "zz"},
        None,
    ),
    # text
    *((NAME, {"s": s}, BAD) for s in ("\0", "a\0", "\ud800", "a\udfff")),
    (NAME, {"s": "\x01" + "0:deadbeef\x01"}, None),
    (NAME, {"s": "%s :x $1"}, None),
    *((PHONE, {"s": s}, BAD) for s in ("", "12", "\0", "\ud800")),
    (PHONE, {"s": "+86 138-0013-8000"}, None),
    # times, days, amounts
    *(
        (SINCE, {"t": t}, BAD)
        for t in (
            "2024-01-01T00:00:00",
            "2024",
            "",
            5,
            "0001-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-01:00",
        )
    ),
    (SINCE, {"t": "2024-02-01T00:00:00.000001+08:00"}, None),
    *(
        (SPEND, {"m": {"amount": a, "currency": c}}, BAD)
        for a, c in (
            ("0.001", "CNY"),
            ("0.5", "JPY"),
            ("1e30", "CNY"),
            ("1e999999", "KWD"),
            ("NaN", "CNY"),
            (1, "CNY"),
            ("1", "cny"),
            ("1." + "0" * 30 + "1", "CNY"),
        )
    ),
    (SPEND, {"m": {"amount": "1e2", "currency": "CNY"}}, None),
    (SPEND, {"m": None}, BAD),
    (
        'query($a: Decimal = "1") { customers(where: {spend: {eq: {amount: $a, currency: "CNY"}}}) { totalCount } }',
        {"a": None},
        BAD,
    ),
    # conditions
    *(
        (EMPTY % w, {}, None)
        for w in (
            "{}",
            "null",
            "{and: []}",
            "{or: []}",
            "{not: {}}",
            "{not: {or: []}}",
            "{name: {}}",
            "{id: {in: []}}",
            "{not: {id: {in: []}}}",
            "{purchases: {}}",
            "{purchases: {every: {}, none: {}}}",
            "{owner: {}}",
            "{not: {owner: {}}}",
        )
    ),
    *(
        (EMPTY % w, {}, BAD)
        for w in (
            "{name: null}",
            "{and: null}",
            "{not: null}",
            "{name: {eq: null}}",
            "{name: {isNull: null}}",
            "{purchases: {some: null}}",
            "{owner: null}",
            "{loyalty: null}",
        )
    ),
    ("query($w: CustomerWhere) { customers(where: {not: $w}) { totalCount } }", {}, None),
    ("query($w: CustomerWhere) { customers(where: {not: $w}) { totalCount } }", {"w": None}, BAD),
    ("query($l: [String!]) { customers(where: {name: {in: $l}}) { totalCount } }", {"l": []}, None),
    ("query($l: [String!]) { customers(where: {name: {in: $l}}) { totalCount } }", {"l": None}, BAD),
    ("query($l: [String!]) { customers(where: {name: {in: $l}}) { totalCount } }", {"l": ["\0"]}, BAD),
    ("query($l: [String!]) { customers(where: {name: {in: $l}}) { totalCount } }", {"l": "Z"}, None),
    ("{ customers(where: {source: {in: [WEB, REFERRAL]}}) { totalCount } }", {}, None),
    (
        "query($l: [Source!]) { customers(where: {source: {in: $l}}) { totalCount } }",
        {"l": ["WEB", "ACTIVITY"]},
        None,
    ),
    # orders
    ("{ customers(orderBy: []) { nodes { id } } }", {}, None),
    ("{ customers(orderBy: null, where: null, scope: null, after: null) { nodes { id } } }", {}, None),
    ("{ customers(orderBy: [{}]) { nodes { id } } }", {}, BAD),
    ("{ customers(orderBy: [{name: ASC, id: ASC}]) { nodes { id } } }", {}, BAD),
    ("{ customers(orderBy: [{name: null}]) { nodes { id } } }", {}, BAD),
    ("{ customers(orderBy: {id: DESC}) { nodes { id } } }", {}, None),
    (
        "query($o: [CustomerOrder!]) { customers(orderBy: $o) { nodes { id } } }",
        {"o": [{"spend": "DESC"}, {"region": "ASC"}]},
        None,
    ),
    # directives
    *(
        (IF, given, code)
        for given, code in (({}, None), ({"b": False}, None), ({"b": None}, BAD), ({"b": 1}, BAD))
    ),
    # what reads no row
    ("{ __typename }", {}, None),
    ("{ a: __typename customers { __typename pageInfo { __typename } } }", {}, None),
    ("{ customers { pageInfo { hasPreviousPage } } }", {}, None),
    (
        '{ customers(last: 2) { pageInfo { hasNextPage } } customer(id: "cus_'
        + "1" * 32
        + '") { purchases { pageInfo { hasPreviousPage } } } }',
        {},
        None,
    ),
    (
        "{ customers(first: 3) { nodes { members { pageInfo { hasPreviousPage } totalCount } timeline(kinds: []) { totalCount nodes { __typename } } } } }",
        {},
        None,
    ),
    (
        "{ customers(first: 2) { edges { __typename } nodes { __typename purchases { edges { __typename } } } } }",
        {},
        None,
    ),
    ("{ nope }", {}, INVALID),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_hole(world: World, judge: Judge, case: int) -> None:
    text, variables, code = CASES[case]
    verdict, asked = compare(world, judge, text, variables, Caller(("leader",)))
    assert asked.code == code, (text, variables, verdict)


@pytest.mark.parametrize(
    "values",
    [
        ("0001-01-01T00:00:00+08:00", "1" * 32),
        ("2024-01-01T00:00:00", "1" * 32),
        (None, "1" * 32),
        (5, "1" * 32),
        ("2024-01-01T00:00:00Z", "x"),
        ("2024-01-01T00:00:00Z", None),
        ("2024-01-01T00:00:00Z", "1" * 32, 1),
    ],
)
def test_forged_cursors_are_refused_or_harmless(world: World, judge: Judge, values: tuple[Any, ...]) -> None:
    order = "orderBy: [{createdAt: ASC}]"
    body = world.ask(
        world.app,
        f"{{ customers(first: 1, {order}) {{ edges {{ cursor }} }} }}",
        {},
        world.viewer(["leader"]),
    ).body
    mark = orjson.loads(bytes.fromhex(orjson.loads(body or b"")["data"]["customers"]["edges"][0]["cursor"]))[
        0
    ]
    for end in ("after", "before"):
        text = f"query($c: String!) {{ customers({end}: $c, {order}) {{ nodes {{ id }} }} }}"
        compare(world, judge, text, {"c": cursor(mark, *values)}, Caller(("leader",)))


def test_a_cursor_belongs_to_its_order(world: World, judge: Judge) -> None:
    leader = world.viewer(["leader"])
    body = world.ask(world.app, "{ customers(first: 1) { edges { cursor } } }", {}, leader).body
    text = orjson.loads(body or b"")["data"]["customers"]["edges"][0]["cursor"]
    for other in (
        "customers(orderBy: [{name: DESC}]",
        "customers(orderBy: [{id: ASC}]",
        "employees(first: 1",
    ):
        _, asked = compare(
            world, judge, f'{{ {other}, after: "{text}") {{ nodes {{ id }} }} }}', {}, Caller(("leader",))
        )
        assert asked.code == BAD


FORBIDDEN_FIRST = [
    '{ customers(first: -1, where: {phone: {eq: "x"}}) { nodes { id } } }',
    "{ customers(orderBy: [{}, {spend: ASC}]) { nodes { id } } }",
    '{ customers(after: "zz", orderBy: [{spend: ASC}]) { nodes { id } } }',
    "{ a: customers(first: -1) { nodes { id } } b: customers(orderBy: [{spend: ASC}]) { totalCount } }",
    "{ customers { nodes { purchases(first: -1, orderBy: [{amount: ASC}]) { totalCount } } } }",
    "{ customers(where: {and: [{name: null}, {purchases: {none: {amount: {isNull: true}}}}]}) { totalCount } }",
    '{ nodes(ids: ["x", "cus_11111111111111111111111111111111"]) { ... on Customer { purchases(orderBy: [{amount: ASC}]) { totalCount } } } }',
]


@pytest.mark.parametrize("text", FORBIDDEN_FIRST)
def test_forbidden_comes_before_bad_input(world: World, judge: Judge, text: str) -> None:
    """PRM-7: also for a cursor in a variable."""
    _, asked = compare(world, judge, text, {}, Caller(("auditor",)))
    assert asked.code == "FORBIDDEN"
    if '"zz"' in text:
        inside = text.replace("{ customers", "query($c: String!) { customers", 1).replace('"zz"', "$c")
        _, asked = compare(world, judge, inside, {"c": "zz"}, Caller(("auditor",)))
        assert asked.code == "FORBIDDEN"
