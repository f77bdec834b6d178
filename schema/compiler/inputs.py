"""Building the objects that acts take from coerced input values: one function per input type, made once.

It does what strawberry's `convert_argument` does for the sorts of types that inputs are declared with here; a
type with any other is left to strawberry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema import BaseSchema
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition

Build: TypeAlias = Callable[[Any], Any]


class Unusual(Exception):
    """A sort of type that only strawberry knows how to build."""


def builder(schema: BaseSchema, declared: type) -> Build:
    """The function from a coerced value to an object of a declared input type."""
    registry = schema.schema_converter.scalar_registry
    try:
        return _builder(schema, declared) or _as_it_is
    except Unusual:
        return lambda value: convert_argument(value, declared, registry, schema.config)


def _as_it_is(value: Any) -> Any:
    return value


def _builder(schema: BaseSchema, kind: Any) -> Build | None:
    """None for a value that stays as it is."""
    if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
        return _builder(schema, kind.of_type)
    if isinstance(kind, StrawberryList):
        return _list(_builder(schema, kind.of_type))
    if isinstance(kind, StrawberryEnumDefinition) or has_enum_definition(kind):
        return None
    if kind is not GlobalID and is_scalar(kind, schema.schema_converter.scalar_registry):
        return None
    if has_object_definition(kind) and kind.__strawberry_definition__.from_input is None:
        return _object(schema, kind)
    raise Unusual


def _list(item: Build | None) -> Build:
    def build(value: Any) -> Any:
        if value is None:
            return None
        return list(value) if item is None else [item(one) for one in value]

    return build


def _object(schema: BaseSchema, kind: Any) -> Build:
    definition, name_of = kind.__strawberry_definition__, schema.config.name_converter.from_field
    fields = [
        (name_of(f), f.python_name, _builder(schema, f.resolve_type(type_definition=definition)))
        for f in definition.fields
    ]
    missing = dataclasses.MISSING
    absent = {
        f.python_name: None
        for f in definition.fields
        if f.default_value is missing and f.default_factory is missing
    }

    def build(value: Any) -> Any:
        if value is None:
            return None
        given = dict(absent)
        for name, attribute, make in fields:
            if name in value:
                given[attribute] = value[name] if make is None else make(value[name])
        return kind(**given)

    return build
