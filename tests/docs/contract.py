"""The plugin contract as a reviewed text: `python -m tests.docs.contract` writes docs/plugins/contract-N.txt.

A line is a hook, or something that plugins may import, with its signature. A level may gain lines; where
one goes or changes, plugins may break, and the level has to rise.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import sqlalchemy as sa

import schema.plugin as contract
from core.db.model import Model
from core.extension.manifest import API_LEVEL

FILE = Path(__file__).parents[2] / "docs" / "plugins" / f"contract-{API_LEVEL}.txt"


def lines() -> Iterator[str]:
    """Hooks first, then everything that may be imported, by name."""
    for name, hook in sorted(inspect.getmembers(contract.Plugin, inspect.isfunction)):
        if not name.startswith("_"):
            yield f"hook {name}{inspect.signature(hook)}"
    for name in contract.__all__:
        yield from _of(name, getattr(contract, name))


def _of(name: str, found: Any) -> Iterator[str]:
    yield name
    if isinstance(found, type) and issubclass(found, Model) and found is not Model:
        columns: sa.Table = found.__table__  # type: ignore[assignment]
        yield from (f"{name}.{column.name}: {type(column.type).__name__}" for column in columns.c)
    elif isinstance(found, type) and issubclass(found, enum.Enum):
        yield from (f"{name}.{member.name}" for member in found)
    elif isinstance(found, type) and issubclass(found, pydantic.BaseModel):
        yield from (f"{name}.{field}" for field in found.model_fields)
    elif isinstance(found, type) and dataclasses.is_dataclass(found) and not _in_the_schema(found):
        yield from (f"{name}.{field.name}: {field.type}" for field in dataclasses.fields(found))
    elif inspect.isfunction(found):
        yield f"{name}{inspect.signature(found)}"
    if inspect.isclass(found) and found.__module__.startswith(("core.", "schema.")):
        yield from _of_class(name, found)


def _of_class(name: str, found: type) -> Iterator[str]:
    """How one is made, its properties and its methods."""
    if "__init__" in vars(found) and not dataclasses.is_dataclass(found):
        yield f"{name}{inspect.signature(found)}"
    for method, made in sorted(vars(found).items()):
        if isinstance(made, property) and not method.startswith("_"):
            yield f"{name}.{method}"
        if inspect.isfunction(made) and not method.startswith("_") and found is not contract.Plugin:
            yield f"{name}.{method}{inspect.signature(made)}"


def _in_the_schema(found: Any) -> bool:
    """Its fields stand in schema.graphql."""
    return hasattr(found, "__strawberry_definition__")


def text() -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in dict.fromkeys(lines()))


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
