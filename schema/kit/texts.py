"""How questions are written: what can be selected of a type, and values as GraphQL takes them."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type, get_nullable_type

from core.money import Money
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import VALUES, Namespace, NodeId


def fields_of(schema: Schema, type_name: str) -> str:
    """Everything on an object but other objects, with `__typename` and `id`: a row is known again."""
    kind = schema.core.type_map[type_name]
    parts = ["__typename id"] if type_name in schema.models else []
    for name, target in schema.declared(type_name).items():
        if isinstance(target, Namespace):
            parts.append(f"{name} {{ {fields_of(schema, schema.type_behind(type_name, name))} }}")
        elif isinstance(target, VALUES) and not isinstance(target, NodeId):
            assert isinstance(kind, GraphQLObjectType)  # noqa: S101 rows are of object types
            parts.append(f"{name}{below(kind.fields[name].type)}")
    return " ".join(parts)


def below(kind: Any) -> str:
    """The selection that a value needs: an amount of money has fields."""
    fields = getattr(get_named_type(kind), "fields", None)
    return f" {{ {' '.join(fields)} }}" if fields else ""


def literal(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {literal(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, (dt.datetime, dt.date)):
        value = value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as an input takes it."""
    return {"amount": str(Money(minor, currency).amount), "currency": currency}


def operators(schema: Schema, type_name: str, field: str) -> Iterator[tuple[str, bool]]:
    """The conditions on a field of a type, and whether each takes a list."""
    where: Any = schema.inputs.where(type_name).fields.get(field)
    for name, given in getattr(where and where.type, "fields", {}).items():
        yield name, isinstance(get_nullable_type(given.type), GraphQLList)


def required(kind: Any) -> bool:
    """Whether an input field must be given."""
    return isinstance(kind, GraphQLNonNull)
