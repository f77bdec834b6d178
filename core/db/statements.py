"""Statements that are made once: SQL text from SQLAlchemy Core, and how values are bound to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase

from core.db.expressions import bind_processor


@dataclass(frozen=True, slots=True)
class Rendered:
    """SQL text, and its parameters in order: name, and what makes the driver's value (None: as it is)."""

    sql: str
    parameters: Sequence[tuple[str, Callable[[Any], Any] | None]]
    constants: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The driver's arguments. KeyError for a parameter without a value, which is a defect."""
        found = []
        for name, make in self.parameters:
            value = values[name] if name in values else self.constants[name]
            found.append(value if make is None or value is None else make(value))
        return found


def render(statement: sa.Executable, dialect: Dialect) -> Rendered:
    """Render once; values are bound later."""
    made: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    makers = {name: bind_processor(bind.type, dialect) for bind, name in made.bind_names.items()}
    return Rendered(made.string, [(name, makers[name]) for name in made.positiontup or ()], made.params)


class Statement:
    """A Core statement that is run often: what SQLAlchemy would do for each run is done once a dialect.

    Its values are parameters (`sa.bindparam`) with a type; an INSERT without VALUES has one for each column.
    """

    __slots__ = ("_rendered", "expression", "inserts", "writes")

    def __init__(self, expression: sa.Executable) -> None:
        """Nothing is rendered before it is first run. `writes`: tables; `inserts`: it only adds rows."""
        self.expression = expression
        self._rendered: dict[str, Rendered] = {}
        self.inserts = isinstance(expression, sa.Insert)
        ahead = (one.element for one in getattr(expression, "_independent_ctes", ()))
        written: Any = (one for one in (expression, *ahead) if isinstance(one, UpdateBase))
        self.writes: frozenset[str] = frozenset(one.table.name for one in written)

    def on(self, dialect: Dialect) -> Rendered:
        """The statement as this dialect says it."""
        found = self._rendered.get(dialect.name)
        if found is None:
            found = self._rendered[dialect.name] = render(self.expression, dialect)
        return found
