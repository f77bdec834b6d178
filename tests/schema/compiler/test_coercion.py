"""What decides a statement's shape: two requests share one only if the statement is the same."""

from itertools import combinations
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, type_from_ast

from schema.application import make_schema
from schema.compiler.coercion import coerce, coercers_of

ABSENT = object()


@pytest.fixture(scope="module")
def shape_of() -> Any:
    text = (
        "query ($first: Int, $last: Int, $after: String, $before: String, $where: CustomerWhere) "
        "{ __typename }"
    )
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    core = make_schema().core
    types = {v.variable.name.value: type_from_ast(core, v.type) for v in operation.variable_definitions or ()}
    coercers = coercers_of(operation, types, {})

    def shape(given: dict[str, Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        assert coerce(coercers, given, found).keys() == given.keys()
        return tuple(found)

    return shape


def test_which_variables_are_given_or_null_is_told(shape_of: Any) -> None:
    """`first` alone is another statement than `last` alone, though each is one number."""
    cases: list[dict[str, Any]] = [{}]
    for name, value in (("first", 1), ("last", 1), ("after", "x"), ("before", "x"), ("where", {"and": []})):
        given: list[dict[str, Any]] = [{}, {name: None}, {name: value}]
        cases = [{**c, **more} for c in cases for more in given]
    shapes = [shape_of(case) for case in cases]
    assert len(set(shapes)) == len(cases)


def test_values_are_not_told(shape_of: Any) -> None:
    for one, other in combinations([{"first": 1, "after": "x"}, {"first": 9, "after": "y"}], 2):
        assert shape_of(one) == shape_of(other)
