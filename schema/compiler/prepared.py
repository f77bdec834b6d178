"""Mutation operations as they were selected: which fields, in which namespaces, and what is read of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import FieldNode

from schema.compiler.inputs import Build
from schema.compiler.program import Program
from schema.vocabulary.targets import Mutates


@dataclass(slots=True)
class PayloadRow:
    """A selected row of the payload: which attribute names its key, and the program that reads it."""

    attribute: str
    program: Program


Selected: TypeAlias = list[tuple[str, str]]
"""Response key and name of each selected field."""


@dataclass(slots=True)
class Field:
    """A mutation field as it was selected.

    `path`: response keys down to it; `name`: that of the field, behind those of the namespaces in which it is
    (`points.redeem`); `owner`: the type that declares it; `members`: what is selected of the payload and of
    each error; `build` makes the act's input of a value; `given`: the structure of that value.
    """

    path: tuple[str, ...]
    name: str
    owner: str
    target: Mutates
    node: FieldNode
    rows: dict[str, PayloadRow]
    members: dict[str, Selected]
    build: Build
    given: Any = None

    @property
    def payload(self) -> str:
        """Name of the payload's type."""
        return name_of(self.target.payload)


Fields: TypeAlias = "dict[str, Field | Fields | bytes]"
"""Response key to a field, to what is in a namespace, or to the text of a `__typename`; in document order."""


@dataclass(slots=True)
class Prepared:
    """A mutation operation, compiled under one plan."""

    fields: Fields
    redactions: list[dict[str, Any]]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 2000 + sum(row.program.size for one in fields_in(self.fields) for row in one.rows.values())


def fields_in(fields: Fields) -> Iterator[Field]:
    """All fields, in document order."""
    for one in fields.values():
        if isinstance(one, Field):
            yield one
        elif isinstance(one, dict):
            yield from fields_in(one)


def written(fields: Fields, parts: Mapping[tuple[str, ...], bytes]) -> bytes:
    """The JSON of what was selected, given the texts of the fields by path."""

    def text(one: Field | Fields | bytes) -> bytes:
        if isinstance(one, Field):
            return parts[one.path]
        return one if isinstance(one, bytes) else written(one, parts)

    return json_of({key: text(one) for key, one in fields.items()})


def is_below(path: list[str], above: tuple[str, ...]) -> bool:
    """Whether a path in the answer leads through another one."""
    return tuple(path[: len(above)]) == above


def name_of(declared: Any) -> str:
    """The GraphQL name of a strawberry type."""
    name: str = declared.__strawberry_definition__.name
    return name


def json_of(parts: Mapping[str, bytes]) -> bytes:
    """A JSON object of texts that are JSON."""
    return b"{" + b",".join(json.dumps(key).encode() + b":" + text for key, text in parts.items()) + b"}"
