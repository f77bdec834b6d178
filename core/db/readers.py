"""Reads that go straight to the driver: one statement in, one text (or its rows) out."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
import asyncpg

from core.errors import Timeout, TooComplex, Unavailable

BUSY_MS = 5000
OVER_LIMIT = re.compile(
    r"parser stack overflow|at most \d+ tables|too many FROM clause terms|Expression tree is too large"
)
"""How SQLite words that it can't hold a statement; it has no codes of their own for these limits."""
PAGES_BETWEEN_CHECKS = 10_000


class Reader(Protocol):
    """Runs compiled reads.

    Errors of the driver leave as Timeout or Unavailable, without its words (PRM-3, PRM-10).
    """

    async def value(self, sql: str, args: Sequence[Any]) -> str:
        """The first column of the first row."""
        ...

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        ...

    async def close(self) -> None:
        """Give all connections back."""
        ...


class _PlainConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that needs no reset: readers leave no state behind, and the round trip would be felt."""

    def get_reset_query(self) -> str:
        return ""


class PostgresReader:
    """A pool of asyncpg connections; statements are prepared once per connection and kept by the driver."""

    def __init__(self, dsn: str, size: int, timeout: float) -> None:
        """`timeout`: seconds that a statement may take."""
        self._dsn, self._size, self._timeout = dsn, size, timeout
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=1,
                    max_size=self._size,
                    connection_class=_PlainConnection,
                    statement_cache_size=500,
                    max_cached_statement_lifetime=0,
                    timeout=self._timeout,
                    command_timeout=self._timeout + 1,
                    server_settings={
                        "timezone": "UTC",
                        "jit": "off",
                        "default_transaction_read_only": "on",
                        "statement_timeout": str(int(self._timeout * 1000)),
                    },
                )
        return self._pool

    async def value(self, sql: str, args: Sequence[Any]) -> str:
        """The first column of the first row."""
        try:
            pool = self._pool or await self._opened()
            async with pool.acquire(timeout=self._timeout) as connection:
                return await connection.fetchval(sql, *args)  # type: ignore[no-any-return]
        except BaseException as error:
            raise _postgres(error) from error

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        try:
            pool = self._pool or await self._opened()
            async with pool.acquire(timeout=self._timeout) as connection:
                return await connection.fetch(sql, *args)  # type: ignore[no-any-return]
        except BaseException as error:
            raise _postgres(error) from error

    async def close(self) -> None:
        """Give all connections back."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


def _postgres(error: BaseException) -> BaseException:
    if isinstance(error, asyncpg.StatementTooComplexError):
        return TooComplex()
    if isinstance(error, (asyncpg.QueryCanceledError, TimeoutError)):
        return Timeout()
    if isinstance(
        error,
        (
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
            OSError,
            asyncpg.InsufficientResourcesError,
        ),
    ):
        return Unavailable()
    if isinstance(
        error, (asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.InvalidCatalogNameError)
    ):
        return Unavailable()
    return error


class SqliteReader:
    """A few connections, each with its own thread, opened when first needed; they can't write."""

    def __init__(self, path: Path, size: int, timeout: float) -> None:
        """`timeout`: seconds that a statement may take."""
        self._path, self._timeout = path, timeout
        self._free: asyncio.LifoQueue[aiosqlite.Connection | None] = asyncio.LifoQueue()
        for _ in range(min(size, 4)):
            self._free.put_nowait(None)
        self._open: list[aiosqlite.Connection] = []

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosqlite.Connection]:
        connection = await self._free.get()
        try:
            if connection is None:
                connection = await aiosqlite.connect(self._path, isolation_level=None, cached_statements=500)
                self._open.append(connection)
                for pragma in (
                    f"busy_timeout = {BUSY_MS}",
                    "query_only = on",
                    "foreign_keys = on",
                    "mmap_size = 268435456",
                ):
                    await connection.execute(f"PRAGMA {pragma}")
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def _run(self, sql: str, args: Sequence[Any]) -> list[Any]:
        async with self._connection() as connection:
            running = asyncio.ensure_future(connection.execute_fetchall(sql, args))
            try:
                done, _ = await asyncio.wait((running,), timeout=self._timeout)
                if not done:
                    raise Timeout
                return list(running.result())
            except sqlite3.OperationalError as error:
                raise (TooComplex if OVER_LIMIT.search(str(error)) else Unavailable) from error
            finally:
                if (
                    not running.done()
                ):  # timed out or cancelled: the connection is free again only when its thread is
                    await connection.interrupt()
                    await asyncio.wait((running,))
                    running.cancelled() or running.exception()

    async def value(self, sql: str, args: Sequence[Any]) -> str:
        """The first column of the first row."""
        return (await self._run(sql, args))[0][0]  # type: ignore[no-any-return]

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        return await self._run(sql, args)

    async def close(self) -> None:
        """Close all connections."""
        while self._open:
            await self._open.pop().close()
