"""PRM-2: what is refused, and after how little work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, SimpleNamespace

import pytest
from graphql import GraphQLSchema, get_introspection_query, validate

from core.settings import Settings
from schema.limits.document import check_document
from schema.limits.errors import LimitExceeded, ParseFailed
from schema.limits.limits import Limits
from schema.limits.parsing import parse_document

LIMITS = Limits()
# Calls of functions: less than a second on one processor. The clock would blame the machine.
MOST = 2_000_000


@contextmanager
def counted() -> Iterator[SimpleNamespace]:
    """How many functions are called inside, of Python and of C."""
    count = SimpleNamespace(calls=0)

    def heard(_frame: FrameType, event: str, _argument: object) -> None:
        count.calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        yield count
    finally:
        sys.setprofile(before)


def refused(schema: GraphQLSchema, source: str, limits: Limits = LIMITS) -> tuple[str, int, int]:
    with pytest.raises(LimitExceeded) as caught:
        check_document(parse_document(source, limits), schema, limits)
    params = caught.value.params
    return params["limit"], params["measured"], params["allowed"]  # type: ignore[return-value]


def accepted(schema: GraphQLSchema, source: str, limits: Limits = LIMITS) -> None:
    check_document(parse_document(source, limits), schema, limits)


def nested(levels: int) -> str:
    return "{ customers { nodes " + "{ friend " * levels + "{ id }" + "}" * levels + "} }"


def test_depth_counts_object_fields(schema: GraphQLSchema) -> None:
    accepted(schema, nested(9))
    assert refused(schema, nested(10)) == ("depth", 11, 10)


def test_a_connection_is_one_level_however_it_is_read(schema: GraphQLSchema) -> None:
    tight = Limits(depth=2)
    accepted(schema, "{ customers { nodes { purchases { nodes { id } pageInfo { endCursor } } } } }", tight)
    accepted(schema, "{ customers { edges { node { purchases { pageInfo { endCursor } } } } } }", tight)
    assert refused(schema, "{ customers { edges { node { friend { owner { id } } } } } }", tight) == (
        "depth",
        3,
        2,
    )


def test_fragments_do_not_hide_depth(schema: GraphQLSchema) -> None:
    fragment = "fragment A on Customer { friend { ... on Customer { friend { id } } } }"
    source = "{ customers { nodes { ...A } } }" + fragment
    assert refused(schema, source, Limits(depth=2)) == ("depth", 3, 2)


def test_introspection_has_a_depth_of_its_own(schema: GraphQLSchema) -> None:
    accepted(schema, get_introspection_query())
    levels = 25
    source = "{ __schema { types " + "{ ofType " * levels + "{ name }" + "}" * levels + "} }"
    assert refused(schema, source)[0] == "depth"
    disguised = (
        "{ __schema { queryType { name } } __schema: customers { nodes "
        + "{ friend " * 12
        + "{ id }"
        + "}" * 14
    )
    assert refused(schema, disguised)[0] == "depth"


def test_aliases_are_counted_with_fragments_expanded(schema: GraphQLSchema) -> None:
    accepted(schema, "{" + " ".join(f"a{i}: __typename" for i in range(15)) + "}")
    assert refused(schema, "{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}")[0] == "aliases"
    many = "{ customers { nodes { a: friend { ...F } b: friend { ...F } } } } fragment F on Customer { "
    assert refused(schema, many + " ".join(f"f{i}: id" for i in range(7)) + "}")[0] == "aliases"


def test_repeats_are_counted_in_merged_selections(schema: GraphQLSchema) -> None:
    accepted(schema, "{" + "__typename " * 15 + "}")
    assert refused(schema, "{" + "__typename " * 16 + "}") == ("repeats", 16, 15)
    merged = "{" + "customers { nodes { id id id id } } " * 4 + "}"
    assert refused(schema, merged) == ("repeats", 16, 15)


def test_directives_operations_fragments_and_tokens(schema: GraphQLSchema) -> None:
    assert refused(schema, "{ __typename " + "@include(if: true) " * 51 + "}") == ("directives", 51, 50)
    assert refused(schema, "query " + "@a " * 51 + "{ __typename }") == ("directives", 51, 50)
    assert (
        refused(schema, "{ __typename ...F } fragment F on Query " + "@a " * 51 + "{ __typename }")[0]
        == "directives"
    )
    assert refused(schema, "query ($a: Int " + "@a " * 51 + ") { __typename }")[0] == "directives"
    assert refused(schema, " ".join(f"query Q{i} {{ __typename }}" for i in range(11))) == (
        "operations",
        11,
        10,
    )
    fragments = " ".join(f"fragment F{i} on Query {{ __typename }}" for i in range(51))
    assert refused(schema, "{ __typename } " + fragments) == ("fragments", 51, 50)
    assert refused(schema, "{" + "a " * 5000 + "}") == ("tokens", 5001, 5000)
    assert refused(schema, "#\n" * 5001 + "{ __typename }") == ("tokens", 5001, 5000)


def test_each_operation_has_its_own_allowance(schema: GraphQLSchema) -> None:
    aliases = " ".join(f"a{i}: __typename" for i in range(10))
    accepted(schema, f"query A {{ {aliases} }} query B {{ {aliases} }}")


def test_a_refusal_speaks_both_languages(schema: GraphQLSchema) -> None:
    with pytest.raises(LimitExceeded) as caught:
        check_document(parse_document(nested(10), LIMITS), schema, LIMITS)
    assert "`depth`: 11, and 10 is allowed" in caught.value.message("en")
    assert "实测 11，允许 10" in caught.value.message("zh")


@pytest.mark.parametrize(
    "source", ["", "{", "{ a(b: ", "{a\x00}", '{ a(b: "\\ud800") }', "{ {0} }", "query {}}"]
)
def test_what_is_no_graphql_has_a_place(source: str) -> None:
    with pytest.raises(ParseFailed) as caught:
        parse_document(source, LIMITS)
    assert "line 1" in caught.value.message("en")
    assert "第 1 行" in caught.value.message("zh")


def doubling(levels: int, body: str) -> str:
    steps = [
        f"fragment F{i} on Customer {{ a: friend {{ ...F{i + 1} }} b: friend {{ ...F{i + 1} }} }}"
        for i in range(levels)
    ]
    return (
        "{ customers { nodes { ...F0 } } } "
        + " ".join(steps)
        + f" fragment F{levels} on Customer {{ {body} }}"
    )


LOOSE = Limits(depth=1000, aliases=10**9, fragments=1000, directives=10**9, repeats=10**9)
TWENTY = "{" + "a: id " * 20 + "}"
CHAIN = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30))
INLINE = "{" + "... {" * 190
ATTACKS = {
    "2^30 by fragments": (doubling(30, "id"), LOOSE),
    "2^30 in flat fragments": ("{ ...F0 } " + CHAIN + "fragment F30 on Query " + TWENTY, LIMITS),
    "10,000 aliases": ("{" + " ".join(f"a{i}: id" for i in range(10_000)) + "}", Limits(tokens=10**6)),
    "deep nesting": ("{ a " * 100_000, LIMITS),
    "deep lists": ("{ a(b: " + "[" * 100_000, LIMITS),
    "deep inline fragments": (
        f"{INLINE} ...F {'}' * 191} fragment F on Query {INLINE} ... {TWENTY} {'}' * 191}",
        LIMITS,
    ),
    "directives": ("{ a " + "@x " * 400_000 + "}", LIMITS),
    "one long string": ('{ a(b: "' + "x" * 1_000_000 + '")' + "@a" * 60 + "}", LIMITS),
    "commas": ("," * 1_000_000, LIMITS),
    "repeated": ("{" + "customers { nodes { id id id } } " * 300 + "}", LIMITS),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused_at_once(schema: GraphQLSchema, name: str) -> None:
    source, limits = ATTACKS[name]
    with counted() as count, pytest.raises((LimitExceeded, ParseFailed)):
        check_document(parse_document(source, limits), schema, limits)
    assert count.calls < MOST


def test_cycles_end(schema: GraphQLSchema) -> None:
    accepted(schema, "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __typename }")
    through_fields = "{ customers { nodes { ...A } } } fragment A on Customer { friend { ...A } }"
    assert refused(schema, through_fields)[0] == "depth"


def test_what_passes_is_validated_quickly(schema: GraphQLSchema) -> None:
    """The worst that the limits let through: 15 of everything, merged on every level."""
    leaves = " ".join(f"x{i}" for i in range(300))
    document = parse_document("{" + ("customers { nodes { friend { " + leaves + " } } }") * 15 + "}", LIMITS)
    check_document(document, schema, LIMITS)
    with counted() as count:
        assert validate(schema, document, max_errors=10)
    assert count.calls < MOST


def test_the_settings_say_the_limits() -> None:
    settings = Settings(env="development", _env_file=None, max_depth=3, max_page=7)
    assert Limits.of(settings) == Limits(depth=3, page=7)
