"""Enums of the core as GraphQL enums: the member's name is the value, its bilingual text the description."""

from __future__ import annotations

import enum
import inspect

import strawberry

from core.text import Text


def expose(*enums: type[enum.Enum]) -> None:
    """Give each enum its GraphQL form, once; descriptions come from the docstring and the members' texts."""
    for one in enums:
        if hasattr(one, "__strawberry_definition__"):
            continue
        strawberry.enum(one, name=one.__name__, description=inspect.getdoc(one))
        for value in one.__strawberry_definition__.values:  # type: ignore[attr-defined]
            text = one[value.name].value
            value.description = (
                f"{text.en[:1].upper()}{text.en[1:]} ({text.zh})." if isinstance(text, Text) else None
            )
