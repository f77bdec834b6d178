"""Small reads of services: a statement asked through the reader, as requests read, so nobody is held up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.database import Database
from core.db.statements import Statement


async def ask(
    database: Database, statement: sa.Select[Any] | Statement, values: Mapping[str, Any] | None = None
) -> Sequence[Sequence[Any]]:
    """All rows, as the driver gives them (see `key`). `values` of parameters that carry none themselves."""
    asked = statement if isinstance(statement, Statement) else Statement(statement)
    rendered = asked.on(database.engine.dialect)
    return await database.reader.rows(rendered.sql, rendered.arguments(values or {}))


def key(value: str | UUID) -> UUID:
    """A key as either driver gives it."""
    return value if isinstance(value, UUID) else UUID(hex=value)
