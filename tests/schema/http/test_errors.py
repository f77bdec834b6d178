"""PRM-3: every error has a code, and only our words."""

import orjson
import pytest
from graphql import GraphQLError, GraphQLSyntaxError, Source, build_schema, parse, validate

from core.errors import BadUserInput, BaokeError, NotFound
from schema.http.errors import describe, error_body, status_of
from schema.limits.errors import LimitExceeded


def test_an_expected_error_says_code_place_and_measure() -> None:
    assert describe(BadUserInput("first"), "en") == {
        "message": "first: this value can't be used",
        "extensions": {"code": "BAD_USER_INPUT", "field": "first"},
    }
    told = describe(LimitExceeded.of("depth", 11, 10), "zh")["extensions"]
    assert told == {"code": "LIMIT_EXCEEDED", "limit": "depth", "measured": 11, "allowed": 10}


def test_errors_of_graphql_have_codes_and_places() -> None:
    syntax = describe(GraphQLSyntaxError(Source("{"), 1, "odd"), "en")
    assert syntax["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    schema = build_schema("type Query { customer: Int }")
    (error,) = validate(schema, parse("{ customers }"), hide_suggestions=True)
    invalid = describe(error, "en")
    assert invalid["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert invalid["locations"] == [{"line": 1, "column": 3}]
    assert "Did you mean" not in invalid["message"]


def test_an_expected_error_in_the_graph_keeps_its_path() -> None:
    wrapped = GraphQLError("internal words", path=["a", 0], original_error=NotFound("id", thing="customer"))
    said = describe(wrapped, "en")
    assert (said["path"], said["extensions"]["code"]) == (["a", 0], "NOT_FOUND")
    assert "internal words" not in said["message"]


def test_a_defect_in_the_graph_is_not_described() -> None:
    with pytest.raises(ZeroDivisionError):
        describe(GraphQLError("x", original_error=ZeroDivisionError()), "en")


def test_no_more_errors_than_the_limit() -> None:
    body = orjson.loads(error_body([BadUserInput(str(n)) for n in range(50)], "en", most=10))
    assert len(body["errors"]) == 10


def test_every_code_has_a_status() -> None:
    for kind in BaokeError.catalog.values():
        assert 400 <= status_of(kind.__new__(kind)) < 600
