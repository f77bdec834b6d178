"""Placeholders: what stands for a value where it must not be written down.

Nothing of a value is left but what decides how an operation is answered: null or not, which fields an input
has, members of enums, and of an id the type that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    BooleanValueNode,
    FloatValueNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    IntValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)

from core.ids import GLOBAL_ID

SAMPLES: tuple[Any, ...] = ("", "2000-01-01T00:00:00Z", "2000-01-01", "0", "CNY", 1, 1.0, True, {}, None)
"""The first that a scalar takes stands for all of its values."""
NOBODY = "0" * 32


class Placeholders:
    """Placeholders of one schema. `prefixes`: of its global ids."""

    def __init__(self, prefixes: frozenset[str]) -> None:
        self._prefixes = prefixes

    def of_leaf(self, value: Any, kind: GraphQLScalarType) -> Any:
        """For one value of a scalar."""
        if kind.name == "ID" and isinstance(value, str) and (found := GLOBAL_ID.fullmatch(value)):
            return f"{found[1]}_{NOBODY}" if found[1] in self._prefixes else ""
        return sample_of(kind)

    def of(self, value: Any, kind: Any) -> Any:
        """For a variable's value, as it was sent."""
        if value is None:
            return None
        if isinstance(kind, GraphQLNonNull):
            return self.of(value, kind.of_type)
        if isinstance(kind, GraphQLList):
            items = [self.of(x, kind.of_type) for x in (value if isinstance(value, list) else [value])]
            return items if is_nested(kind) else once(items)
        if isinstance(kind, GraphQLInputObjectType):
            return {k: self.of(x, kind.fields[k].type) for k, x in value.items()}
        return value if isinstance(kind, GraphQLEnumType) else self.of_leaf(value, kind)


def is_nested(kind: Any) -> bool:
    """Whether a list holds objects, each of which says something, or plain values."""
    while isinstance(kind, (GraphQLList, GraphQLNonNull)):
        kind = kind.of_type
    return isinstance(kind, GraphQLInputObjectType)


def once(items: list[Any]) -> list[Any]:
    """Each placeholder once: how many values a list held is nobody's business."""
    return [x for i, x in enumerate(items) if x not in items[:i]]


@lru_cache(maxsize=256)
def sample_of(kind: GraphQLScalarType) -> Any:
    """The placeholder of a scalar."""
    for sample in SAMPLES:
        try:
            kind.coerce_input_value(sample)
        except Exception:  # noqa: BLE001, S112  (a plugin's scalar refuses as it likes)
            continue
        return sample
    return None


def node_of(sample: Any) -> ValueNode:
    """A placeholder in a document."""
    match sample:
        case None:
            return NullValueNode()
        case bool():
            return BooleanValueNode(value=sample)
        case int():
            return IntValueNode(value=str(sample))
        case float():
            return FloatValueNode(value=str(sample))
        case str():
            return StringValueNode(value=sample)
        case _:
            return ObjectValueNode(fields=())


def known_prefixes(models: Mapping[str, Any]) -> frozenset[str]:
    """The prefixes of all global ids."""
    return frozenset(model.__prefix__ for model in models.values() if model.__prefix__)
