"""Values from documents and variables: their structure now, themselves later."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, parse

from core.errors import BadUserInput
from schema.compiler.values import ABSENT, NULL, Leaf, arguments, from_ast, from_value, plain

SCHEMA = build_schema(
    """input In { a: Int, b: [Int!], c: In, d: [In!], e: Int! = 5 }
    type Query { f(in: In, n: Int = 3, m: Int!): Int }"""
)
FIELD = SCHEMA.query_type.fields["f"]  # type: ignore[union-attr]


def given(text: str, **variables: Any) -> dict[str, Any]:
    node: Any = parse(f"query($v: In, $n: Int, $l: [Int!], $i: Int) {{ f({text}) }}").definitions[0]
    return arguments(node.selection_set.selections[0], FIELD, variables, "f")


def test_defaults_absence_and_null() -> None:
    found = given("m: 1")
    assert found["in"] is ABSENT
    assert isinstance(found["n"], Leaf)
    assert found["n"].get({}) == 3
    found = given("m: 1, in: null, n: null")
    assert (found["in"], found["n"]) == (NULL, NULL)
    assert given("m: 1, n: $n")["n"].get({}) == 3
    assert given("m: 1, n: $n", n=None)["n"] is NULL


@pytest.mark.parametrize("text", ["m: null", "m: $i"])
def test_what_is_required(text: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        given(text, **({"i": None} if text.endswith("$i") else {}))
    assert refused.value.field == "f.m"
    with pytest.raises(BadUserInput):
        given("m: $i")


def test_variables_stay_variables() -> None:
    """The structure is read once; the values are read from each request's own variables."""
    found = given("m: $i, in: {a: $i, b: [1, $i], c: {a: $n}, d: [{a: $i}, $v]}", i=1, v={"a": 2})
    inside = found["in"]
    assert "a" not in inside["c"]  # an omitted variable is an omitted field
    later = {"i": 7, "v": {"a": 9}}
    assert plain(inside, later) == {"a": 7, "b": [1, 7], "c": {}, "d": [{"a": 7}, {"a": 9}]}


def test_an_omitted_variable_leaves_a_default_to_count() -> None:
    """Also where the field may not be null: it has a value without the variable."""
    assert given("m: 1, in: {e: $i}")["in"] == {}
    with pytest.raises(BadUserInput):
        given("m: 1, in: {e: $i}", i=None)


def test_a_whole_variable() -> None:
    value: dict[str, Any] = {"a": None, "b": [1], "c": {"b": []}, "d": [{"a": 1}]}
    found = given("m: 1, in: $v", v=value)["in"]
    assert found["a"] is NULL
    assert isinstance(found["b"], Leaf)
    assert plain(found, {"v": value}) == value


def test_one_for_a_list() -> None:
    kind = SCHEMA.type_map["In"].fields["d"].type  # type: ignore[attr-defined]
    node: Any = parse("{ f(x: {a: 1}) }").definitions[0]
    literal = node.selection_set.selections[0].arguments[0].value
    assert plain(from_ast(literal, kind, {}, "x"), {}) == [{"a": 1}]
    assert from_value(None, kind, lambda _: None, "x") is NULL
