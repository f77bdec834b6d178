"""Input values: their structure now, the values themselves when the statement is run.

A value may come from the document or from a variable. What decides the statement's shape (which conditions,
which order) is read here; everything else stays a function of the variables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    VariableNode,
    get_named_type,
    value_from_ast,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from core.errors import BadUserInput
from core.text import Text

Variables: TypeAlias = Mapping[str, Any]
Getter: TypeAlias = Callable[[Variables], Any]

NOT_NULL = Text("a value is required here; null or nothing was given", "此处必须有值，而给出的是 null 或缺失")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value.

    `sample` is the one at hand while compiling; only structure may be read from it: enums, nulls of a cursor,
    whether a text is empty.
    """

    get: Getter
    sample: Any


class _Mark:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


NULL, ABSENT = _Mark("NULL"), _Mark("ABSENT")


def _bare(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _is_leaf(kind: Any) -> bool:
    return not isinstance(get_named_type(kind), GraphQLInputObjectType)


def _always(value: Any) -> Getter:
    return lambda _: value


def _item(get: Getter, key: int | str) -> Getter:
    return lambda variables: get(variables)[key]


def from_value(value: Any, kind: Any, get: Getter, place: str) -> Any:
    """The structure of a coerced variable (or default) value: Leaf, NULL, dict by field, or list."""
    if value is None:
        return NULL
    kind = _bare(kind)
    if isinstance(kind, GraphQLList):
        if _is_leaf(kind):
            return Leaf(get, value)
        return [from_value(x, kind.of_type, _item(get, i), place) for i, x in enumerate(value)]
    if isinstance(kind, GraphQLInputObjectType):
        return {k: from_value(x, kind.fields[k].type, _item(get, k), place) for k, x in value.items()}
    return Leaf(get, value)


def from_ast(node: Any, kind: Any, variables: Variables, place: str) -> Any:
    """The structure of a value in the document, its variables replaced by theirs."""
    required = isinstance(kind, GraphQLNonNull)
    found = _from_ast(node, _bare(kind), variables, place)
    if required and (found is NULL or found is ABSENT):
        raise BadUserInput(place, NOT_NULL)
    return found


def _from_ast(node: Any, kind: Any, variables: Variables, place: str) -> Any:
    if isinstance(node, VariableNode):
        name = node.name.value
        return from_value(variables[name], kind, lambda vs: vs[name], place) if name in variables else ABSENT
    if isinstance(node, NullValueNode):
        return NULL
    if isinstance(kind, GraphQLList):
        items = [
            from_ast(x, kind.of_type, variables, place)
            for x in (node.values if isinstance(node, ListValueNode) else [node])
        ]
        if not _is_leaf(kind):
            return items
        return Leaf(lambda vs: [item.get(vs) for item in items], [item.sample for item in items])
    if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
        read = {
            f.name.value: _field(f.value, kind.fields[f.name.value], variables, f"{place}.{f.name.value}")
            for f in node.fields
        }
        return {name: value for name, value in read.items() if value is not ABSENT}
    constant = value_from_ast(node, kind)
    if constant is Undefined:
        raise BadUserInput(place)
    return Leaf(_always(constant), constant)


def _field(node: Any, field: Any, variables: Variables, place: str) -> Any:
    """A field of an input object: for an omitted variable its default counts, as if it were left out."""
    omitted = isinstance(node, VariableNode) and node.name.value not in variables
    if omitted and coerce_default_value(field) is not Undefined:
        return ABSENT
    return from_ast(node, field.type, variables, place)


def arguments(node: Any, field: Any, variables: Variables, place: str) -> dict[str, Any]:
    """The arguments of a field: given, from a variable, or their defaults; ABSENT where there is none."""
    given = {a.name.value: a.value for a in node.arguments or ()}
    found: dict[str, Any] = {}
    for name, argument in field.args.items():
        where = f"{place}.{name}"
        value = _from_ast(given[name], _bare(argument.type), variables, where) if name in given else ABSENT
        if value is ABSENT and (default := coerce_default_value(argument)) is not Undefined:
            value = from_value(default, argument.type, _always(default), where)
        if isinstance(argument.type, GraphQLNonNull) and (value is NULL or value is ABSENT):
            raise BadUserInput(where, NOT_NULL)
        found[name] = value
    return found


def plain(value: Any, variables: Variables) -> Any:
    """The value itself, for what is run in Python."""
    if isinstance(value, Leaf):
        return value.get(variables)
    if isinstance(value, dict):
        return {k: plain(v, variables) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v, variables) for v in value]
    return None
