"""PRM-2: a field costs 1 for each object that it may be read on."""

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse

from schema.limits.cost import Cost, cost_of
from schema.limits.errors import LimitExceeded


def cost(schema: GraphQLSchema, source: str) -> Cost:
    document = parse(source)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return cost_of(document, operation, schema, page=100)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{ __typename }", 1),
        ("{ node(id: 1) { id } }", 2),
        ("{ customers(first: 10) { totalCount nodes { id name } } }", 1 + 2 + 20),
        ("{ customers(first: 10) { edges { cursor node { id } } pageInfo { endCursor } } }", 2 + 30 + 2),
        ("{ customers { nodes { id } } }", 1 + 1 + 50),
        ("{ customers(last: 7) { nodes { id } } }", 1 + 1 + 7),
        ("{ customers(first: null, last: 7) { nodes { id } } }", 1 + 1 + 7),
        ("{ customers(first: 0) { nodes { id } } }", 2),
        ("{ customers(first: 10) { nodes { purchases(first: 5) { nodes { id } } } } }", 2 + 10 + 10 + 50),
        ("{ customers(first: 10) { nodes { purchases { nodes { amount } } } } }", 1 + 1 + 10 + 10 + 1000),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 1 + 3),
        ('{ nodes(ids: "a") { id } }', 1 + 100),
        ("{ customers { nodes { id } } ...F } fragment F on Query { customers { nodes { name } } }", 2 + 100),
        ("{ node(id: 1) { ... on Customer { purchases(first: 3) { nodes { id } } } ...on Node { id } } }", 7),
    ],
)  # fmt: skip
def test_cost_is_exact(schema: GraphQLSchema, source: str, expected: int) -> None:
    assert cost(schema, source).at({}) == expected


def test_variables_say_how_much(schema: GraphQLSchema) -> None:
    inner = "{ nodes { purchases(first: $m) { nodes { id } } } }"
    priced = cost(schema, "query ($n: Int, $m: Int = 3) { customers(first: $n) " + inner + " }")
    assert priced.at({"n": 10, "m": 5}) == 2 + 10 + 10 + 50
    assert priced.at({"n": 10}) == 2 + 10 + 10 + 30
    assert priced.at({"n": 10, "m": None}) == 2 + 10 + 10 + 1000
    assert priced.at({}) == 2 + 50 + 50 + 150


def test_ids_count(schema: GraphQLSchema) -> None:
    priced = cost(schema, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }")
    assert priced.at({"ids": ["a"] * 30}) == 31
    assert priced.at({}) == 101


def test_odd_sizes_are_no_way_around(schema: GraphQLSchema) -> None:
    source = "query ($n: Int) { customers(first: $n) { nodes { id } } }"
    assert cost(schema, source).at({"n": -5}) == 2
    assert cost(schema, source).at({"n": True}) == cost(schema, source).at({"n": "9"}) == 52
    assert cost(schema, "{ customers(first: " + "9" * 5000 + ") { nodes { id } } }").at({}) > 10**9


def test_cost_above_the_limit_is_refused(schema: GraphQLSchema) -> None:
    priced = cost(schema, "query ($n: Int) { customers(first: $n) { nodes { id } } }")
    priced.check({"n": 98}, 100)
    with pytest.raises(LimitExceeded, match="`cost`: 101, and 100"):
        priced.check({"n": 99}, 100)


def test_introspection_is_cheap(schema: GraphQLSchema) -> None:
    assert cost(schema, get_introspection_query()).at({}) < 300
