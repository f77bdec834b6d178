"""A reader that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core.db.readers import Reader
from schema.application import Application


class Watched:
    """Passes everything on."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self.sql = reader, list[str]()

    async def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> bytes:
        self.sql.append(sql)
        return await self._reader.value(sql, args, brief=brief)

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self.sql.append(sql)
        return await self._reader.rows(sql, args)

    async def close(self) -> None:
        await self._reader.close()


@contextmanager
def watching(app: Application) -> Iterator[list[str]]:
    """The statements that are run inside the block."""
    reader = app.database.reader
    app.database.reader = watched = Watched(reader)
    try:
        yield watched.sql
    finally:
        app.database.reader = reader
