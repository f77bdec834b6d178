"""Small SQL expressions that the two databases write differently, and the types of their parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine


class ListOf(sa.types.TypeDecorator[Sequence[Any]]):
    """One parameter that carries many values: an array on PostgreSQL, JSON text on SQLite."""

    impl, cache_ok = sa.Text(), True

    def __init__(self, item: TypeEngine[Any]) -> None:
        """`item`: the type of one value."""
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native array where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.item.dialect_impl(dialect), dimensions=1))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """Values in the driver's form."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return list(value)  # the array type processes its items
        make = bind_processor(self.item, dialect)
        return orjson.dumps([v if make is None or v is None else make(v) for v in value]).decode()


def bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """The function that makes of a Python value what the driver takes for this type; None: it takes that."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


class Among(ColumnElement[bool]):
    """`operand` is one of the values of a `ListOf` parameter."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 (SQLAlchemy reads it from the class: what makes two of these equal)
        ("operand", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]
    type = sa.Boolean()

    def __init__(self, operand: Any, values: Any) -> None:
        """`values`: a bind parameter of type `ListOf`."""
        self.operand, self.values = operand, values


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: Any, **kw: Any) -> str:
    return f"{compiler.process(element.operand, **kw)} = ANY ({compiler.process(element.values, **kw)})"


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: Any, **kw: Any) -> str:
    operand, values = compiler.process(element.operand, **kw), compiler.process(element.values, **kw)
    return f"{operand} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (both are SQL that SQLAlchemy made)
