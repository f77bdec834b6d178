"""How the executor finds the value of a field that has no resolver of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, get_named_type

ROW_TYPE = "$type"
"""Where a row that was read says its type; a name with `$` can't be a response key."""


def type_of_source(source: Any, _info: Any, _abstract: Any) -> str:
    """The type of a row behind an interface or union."""
    if isinstance(source, dict):
        return source[ROW_TYPE]  # type: ignore[no-any-return]
    return type(source).__strawberry_definition__.name  # type: ignore[no-any-return]


def read_from_source(python_name: str) -> Callable[..., Any]:
    """From what was read under the response key, or from an attribute of an object that a resolver gave."""

    def resolve(source: Any, info: Any, **_arguments: Any) -> Any:
        value = source.get(info.path.key) if isinstance(source, dict) else getattr(source, python_name, None)
        named = get_named_type(info.return_type)
        if isinstance(named, GraphQLEnumType):  # graphql-core turns the member's value into its name again
            if not isinstance(value, list):
                return named.values[value].value if isinstance(value, str) else value
            return [named.values[one].value if isinstance(one, str) else one for one in value]
        return value

    return resolve
