"""Coercing variables, and noting their shape, in one pass: one function per input type, made once.

It does what graphql-core's `get_variable_values` does for values that are as they should be. Anything else
raises `Unusual`, and graphql-core coerces it (or words the error) as usual.

The shape is what decides the statement: which fields are given or null, enums that choose an order, and
whether a text is empty. It is noted as a flat list of tokens, so that equal lists mean equal structure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    OperationDefinitionNode,
)

PLAIN = {"ID": str, "Boolean": bool}
MOST_INT = 2**31

Shape: TypeAlias = list[Any]
Coerce: TypeAlias = Callable[[Any, Shape], Any]
Made: TypeAlias = dict[GraphQLInputObjectType, Coerce]


class Unusual(Exception):
    """Not what the fast way is made for."""


def is_structural(kind: Any) -> bool:
    """Whether an enum chooses the statement (direction, scope, kinds, groups); enums of data don't."""
    return isinstance(kind, GraphQLEnumType) and "strawberry-definition" not in kind.extensions


def coercer(kind: Any, made: Made) -> Coerce:
    """The function for one input type; `made` keeps those of input objects, which refer to themselves."""
    if isinstance(kind, GraphQLNonNull):
        return _non_null(_bare(kind.of_type, made))
    inner = _bare(kind, made)

    def nullable(value: Any, shape: Shape) -> Any:
        if value is None:
            shape.append(None)
            return None
        return inner(value, shape)

    return nullable


def coerce(
    coercers: Mapping[str, tuple[bool, Coerce]], given: Mapping[str, Any], shape: Shape
) -> dict[str, Any]:
    """The coerced variables (name to whether it is required, and its coercer)."""
    found = {}
    for name, (required, make) in coercers.items():
        if name in given:
            shape.append(name)  # a plain value notes nothing itself: which one is there must still be told
            found[name] = make(given[name], shape)
        elif required:
            raise Unusual
    return found


def coercers_of(
    operation: OperationDefinitionNode, types: Mapping[str, Any], made: Made
) -> dict[str, tuple[bool, Coerce]]:
    """For `coerce`. A variable with a default counts as required: graphql-core knows how to fill it in."""
    defaults = {v.variable.name.value for v in operation.variable_definitions or () if v.default_value}
    return {
        name: (name in defaults or isinstance(kind, GraphQLNonNull), coercer(kind, made))
        for name, kind in types.items()
    }


def _non_null(inner: Coerce) -> Coerce:
    def required(value: Any, shape: Shape) -> Any:
        if value is None:
            raise Unusual
        return inner(value, shape)

    return required


def _bare(kind: Any, made: Made) -> Coerce:
    if isinstance(kind, GraphQLList):
        return _list(coercer(kind.of_type, made), named=_named(kind))
    if isinstance(kind, GraphQLInputObjectType):
        if kind not in made:
            made[kind] = _object(kind, made)
        return made[kind]
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind)
    assert isinstance(kind, GraphQLScalarType)  # noqa: S101 (input types have no other sort)
    if kind.name == "Int":
        return _int
    if kind.name == "String":
        return _text
    return _typed(PLAIN[kind.name]) if kind.name in PLAIN else _scalar(kind)


def _named(kind: Any) -> Any:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind


def _int(value: Any, _shape: Shape) -> int:
    if type(value) is not int or not -MOST_INT <= value < MOST_INT:
        raise Unusual
    return value


def _text(value: Any, shape: Shape) -> str:
    if type(value) is not str:
        raise Unusual
    if not value:
        shape.append("")
    return value


def _typed(wanted: type) -> Coerce:
    def check(value: Any, _shape: Shape) -> Any:
        if type(value) is not wanted:
            raise Unusual
        return value

    return check


def _scalar(kind: GraphQLScalarType) -> Coerce:
    def parse(value: Any, _shape: Shape) -> Any:
        try:
            return kind.coerce_input_value(value)
        except Exception:  # noqa: BLE001 (whatever it is, graphql-core will word it)
            raise Unusual from None

    return parse


def _enum(kind: GraphQLEnumType) -> Coerce:
    structural = is_structural(kind)

    def name_to_value(value: Any, shape: Shape) -> Any:
        if type(value) is not str or value not in kind.values:
            raise Unusual
        if structural:
            shape.append(value)
        return kind.coerce_input_value(value)

    return name_to_value


def _list(inner: Coerce, named: Any) -> Coerce:
    shaped = isinstance(named, GraphQLInputObjectType) or is_structural(named)

    def all_of(value: Any, shape: Shape) -> Any:
        if type(value) is not list:
            raise Unusual
        if shaped:
            shape.append(len(value))
            return [inner(item, shape) for item in value]
        return [inner(item, []) for item in value]  # a list of plain values is one parameter

    return all_of


def _object(kind: GraphQLInputObjectType, made: Made) -> Coerce:
    fields: dict[str, tuple[str, Coerce]] = {}
    needed: set[str] = set()

    def prepare() -> None:  # when first used: input types refer to themselves
        for name, field in kind.fields.items():
            fields[name] = (field.out_name or name, coercer(field.type, made))
            if isinstance(field.type, GraphQLNonNull) or field.default is not None:
                needed.add(name)

    def fields_of(value: Any, shape: Shape) -> Any:
        if not fields:
            prepare()
        if type(value) is not dict or kind.is_one_of or not needed <= value.keys():
            raise Unusual
        found = {}
        shape.append("{")
        for name in value if len(value) == 1 else sorted(value):
            known = fields.get(name)
            if known is None:
                raise Unusual
            shape.append(name)
            found[known[0]] = known[1](value[name], shape)
        shape.append("}")
        return found

    return fields_of
