"""Statements that are made once: SQL text from SQLAlchemy Core, and how values are bound to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from core.db.expressions import bind_processor


@dataclass(frozen=True, slots=True)
class Rendered:
    """SQL text, its parameters' names in order, and for each the function that makes the driver's value."""

    sql: str
    order: Sequence[str]
    processors: Mapping[str, Any]
    constants: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The driver's arguments. KeyError for a parameter without a value, which is a defect."""
        found = []
        for name in self.order:
            value = values[name] if name in values else self.constants[name]
            found.append(None if value is None else self.processors[name](value))
        return found


def render(statement: sa.Executable, dialect: Dialect) -> Rendered:
    """Render once; values are bound later."""
    made: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    processors = {name: bind_processor(bind.type, dialect) for bind, name in made.bind_names.items()}
    return Rendered(made.string, list(made.positiontup or ()), processors, made.params)


class Statement:
    """A Core statement that is run often: what SQLAlchemy would do for each run is done once a dialect.

    Its values are parameters (`sa.bindparam`) with a type; an INSERT without VALUES has one for each column.
    """

    __slots__ = ("_rendered", "expression")

    def __init__(self, expression: sa.Executable) -> None:
        """Nothing is rendered before it is first run."""
        self.expression = expression
        self._rendered: dict[str, Rendered] = {}

    def on(self, dialect: Dialect) -> Rendered:
        """The statement as this dialect says it."""
        found = self._rendered.get(dialect.name)
        if found is None:
            found = self._rendered[dialect.name] = render(self.expression, dialect)
        return found
