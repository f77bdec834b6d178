"""What else could tell: the logs, and the statements that are sent to the database."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from core.db.database import Database
from core.db.readers import Reader
from core.logging import quieten


class _Heard(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the whole line, with the trace."""
        self._lines.append(self.format(record))


@contextmanager
def hearing() -> Iterator[list[str]]:
    """The lines that are logged inside the block, at every level, by whatever library."""
    lines: list[str] = []
    handler, root = _Heard(lines), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    quieten()
    try:
        with structlog.testing.capture_logs(processors=[_keep(lines)]):
            yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _keep(lines: list[str]) -> Any:
    """A processor of structlog that keeps the line."""

    def process(_logger: Any, _method: str, event: Any) -> Any:
        error = event.get("exc_info")
        trace = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
        lines.append(f"{event}{trace}")
        return event

    return process


class _Overheard:
    """A reader that notes what passes."""

    def __init__(self, reader: Reader, sql: list[str]) -> None:
        self._reader, self._sql = reader, sql

    async def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> bytes:
        """As the reader."""
        self._sql.append(sql)
        return await self._reader.value(sql, args, brief=brief)

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """As the reader."""
        self._sql.append(sql)
        return await self._reader.rows(sql, args)

    async def close(self) -> None:
        """As the reader."""
        await self._reader.close()


@contextmanager
def overhearing(database: Database) -> Iterator[list[str]]:
    """The statements of reads that are sent to the database inside the block."""
    reader, sql = database.reader, list[str]()
    database.reader = _Overheard(reader, sql)
    try:
        yield sql
    finally:
        database.reader = reader
