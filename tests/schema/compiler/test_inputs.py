"""What acts are given is what strawberry would have built."""

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from strawberry.relay import GlobalID
from strawberry.types.arguments import convert_argument

from schema.application import make_schema
from schema.compiler.inputs import builder
from schema.vocabulary.targets import Mutates

SCHEMA = make_schema()
NAMES = sorted(SCHEMA.core.mutation_type.fields)  # type: ignore[union-attr]


def samples(kind: Any) -> Iterator[Any]:
    """Values as they come from coercion: everything given, only what is required, null where it may be."""
    if isinstance(kind, GraphQLNonNull):
        yield from (value for value in samples(kind.of_type) if value is not None)
        return
    yield None
    if isinstance(kind, GraphQLList):
        yield from ([], list(samples(kind.of_type)))
    elif isinstance(kind, GraphQLInputObjectType):
        every = {name: list(samples(field.type)) for name, field in kind.fields.items()}
        for choice in (0, -1):
            yield {name: values[choice] for name, values in every.items()}
            yield {
                name: values[choice]
                for name, values in every.items()
                if isinstance(kind.fields[name].type, GraphQLNonNull)
            }
    else:
        yield object()


@pytest.mark.parametrize("name", NAMES)
def test_every_input_of_a_mutation(name: str) -> None:
    target = SCHEMA.target("Mutation", name)
    assert isinstance(target, Mutates)
    build = builder(SCHEMA, target.input)
    registry = SCHEMA.schema_converter.scalar_registry
    for value in samples(SCHEMA.graphql_field("Mutation", name).args["input"].type):
        assert build(value) == convert_argument(value, target.input, registry, SCHEMA.config)


@strawberry.input
class Rare:
    """Of a sort that we declare nowhere."""

    one: GlobalID
    other: strawberry.Maybe[int]


def test_what_only_strawberry_knows_is_left_to_it() -> None:
    made = builder(SCHEMA, Rare)({"one": "Q3VzdG9tZXI6MQ==", "other": 3})
    assert made.one == GlobalID("Customer", "1")
    assert made.other == strawberry.Some(3)
