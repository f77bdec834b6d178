"""The schema is a reviewed text file, kept true here (PRM-6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    print_schema,
)

from schema import application
from schema.vocabulary.schema import Schema

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return application.make_schema()


def test_the_file_is_what_the_code_says(schema: Schema) -> None:
    told = SDL.read_text(encoding="utf-8")
    assert told == application.sdl(schema), "run `make schema` and review the difference"


def test_the_file_is_a_schema_that_other_tools_read(schema: Schema) -> None:
    read = build_schema(SDL.read_text(encoding="utf-8"))
    assert set(read.type_map) >= {name for name in schema.core.type_map if not name.startswith("__")}
    assert "type Customer implements Node" in print_schema(read)


def test_everything_is_described(schema: Schema) -> None:
    """PRM-6: every type, field, argument, input field and enum value."""
    bare: list[str] = []
    for name, made in schema.core.type_map.items():
        if name.startswith("__"):
            continue
        if not made.description and name not in {"Int", "String", "Boolean", "ID", "Float"}:
            bare.append(name)
        if isinstance(made, (GraphQLObjectType, GraphQLInterfaceType)):
            for field_name, field in made.fields.items():
                bare += [] if field.description else [f"{name}.{field_name}"]
                bare += [f"{name}.{field_name}({a})" for a, arg in field.args.items() if not arg.description]
        elif isinstance(made, GraphQLInputObjectType):
            bare += [f"{name}.{f}" for f, field in made.fields.items() if not field.description]
        elif isinstance(made, GraphQLEnumType):
            bare += [f"{name}.{v}" for v, value in made.values.items() if not value.description]
    assert bare == []


def test_a_mutation_has_one_input_and_a_result_union(schema: Schema) -> None:
    """PRM-6: `input.idempotencyKey` everywhere; the result is the payload or a typed error."""
    mutation = schema.core.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        given = field.args["input"].type.of_type
        assert "idempotencyKey" in given.fields, name
        payload, *errors = field.type.types
        assert payload.name.endswith("Payload")
        assert all("UserError" in {i.name for i in error.interfaces} for error in errors), name


def test_every_type_with_rows_is_a_node(schema: Schema) -> None:
    """PRM-6: each model's type has a global id of its own prefix."""
    prefixes = [model.__prefix__ for model in schema.models.values()]
    assert len(set(prefixes)) == len(prefixes)
    for name in schema.models:
        made = schema.core.type_map[name]
        assert isinstance(made, GraphQLObjectType)
        assert "Node" in {i.name for i in made.interfaces}, name
