"""What the two databases say differently, in one place."""

from __future__ import annotations

from schema.compiler.dialect.base import RANK_DIGITS, Dialect
from schema.compiler.dialect.postgres import Postgres
from schema.compiler.dialect.sqlite import Sqlite

__all__ = ["RANK_DIGITS", "Dialect", "dialect_of"]


def dialect_of(name: str) -> Dialect:
    """By SQLAlchemy's name."""
    return Sqlite() if name == "sqlite" else Postgres()
