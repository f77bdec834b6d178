"""What is sent to the database: reads, what sessions send, and what services send on the driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.db.database import Database
from schema.kit.watch import overhearing


class _Heard:
    """A writer that notes what passes."""

    def __init__(self, writer: Any, sql: list[str]) -> None:
        self._writer, self._sql = writer, sql

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    async def rows(self, sql: str, args: Sequence[Any]) -> Any:
        """As the writer."""
        self._sql.append(sql)
        return await self._writer.rows(sql, args)


class _Pool:
    """A pool whose writers note what passes."""

    def __init__(self, pool: Any, sql: list[str]) -> None:
        self._pool, self._sql = pool, sql

    async def take(self) -> Any:
        """As the pool."""
        return _Heard(await self._pool.take(), self._sql)

    def give_back(self, writer: Any) -> None:
        """As the pool."""
        self._pool.give_back(writer._writer)  # noqa: SLF001  # its own


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent inside the block, in order; transactions begin and end uncounted."""

    def heard(*given: Any) -> None:
        sql.append(given[2])

    engine, pool = database.engine.sync_engine, database._writers  # noqa: SLF001  # what drivers are sent has no other place to be heard
    with overhearing(database) as sql:
        database._writers = _Pool(pool, sql)  # type: ignore[assignment]  # noqa: SLF001
        sa.event.listen(engine, "before_cursor_execute", heard)
        try:
            yield sql
        finally:
            sa.event.remove(engine, "before_cursor_execute", heard)
            database._writers = pool  # noqa: SLF001


@dataclass(frozen=True)
class Statements:
    """`with statements() as sent: …; assert len(sent) == 1`."""

    database: Database

    def __call__(self) -> Any:
        """Notes the SQL of the block."""
        return counted(self.database)
