"""Statements of hot acts: made once, run on the driver; what they give has the columns' own types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from schema.plugin import Statement, UnitOfWork

FEW = 4
"""Up to so many rows one statement each is quicker than SQLAlchemy's way to send many at once."""


class Reading:
    """A query that is asked often. Its values are parameters with a type."""

    def __init__(self, query: sa.Select[Any]) -> None:
        """Nothing is rendered before it is first asked."""
        self._statement = Statement(query)
        self._kinds = [column.type for column in query.selected_columns]
        self._readers: dict[str, list[Any]] = {}

    async def rows(self, work: UnitOfWork, values: Mapping[str, Any]) -> list[list[Any]]:
        """Its rows."""
        dialect = work.writer.dialect
        if dialect.name not in self._readers:
            self._readers[dialect.name] = [
                kind.dialect_impl(dialect).result_processor(dialect, None) for kind in self._kinds
            ]
        readers = self._readers[dialect.name]
        return [
            [read(value) if read else value for read, value in zip(readers, row, strict=True)]
            for row in await work.rows(self._statement, values)
        ]


class Change:
    """An INSERT or UPDATE of one row, for one or for many."""

    def __init__(self, statement: sa.Insert | sa.Update) -> None:
        """Its values are parameters with a type; an INSERT has one for each column."""
        self._statement = Statement(statement)

    async def run(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send it with each of these values; IntegrityError where a constraint forbids one."""
        if len(rows) <= FEW:
            for row in rows:
                await work.rows(self._statement, row)
        else:
            await work.session.execute(self._statement.expression, rows)
