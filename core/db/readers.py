"""Reads that go straight to the driver: one statement in, one text (or its rows) out."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
import asyncpg

from core.db.failures import told
from core.db.inline import PRAGMAS, Inline
from core.db.pool import Pool
from core.db.search.text import FUNCTIONS
from core.db.sharing import Sharing
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

    async def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> bytes:
        """The first column of the first row: bytes, as the statement has to see to.

        `brief`: the statement takes a few rows by their keys, so it may share its round trip, or hold the
        event loop for a moment.
        """
        ...

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        ...

    async def close(self) -> None:
        """Give all connections back."""
        ...


class PostgresReader:
    """Connections of asyncpg; statements are prepared once on each and kept by it.

    The driver's own pool takes longer than a small statement does: it resets what readers leave no trace on,
    and wraps every connection anew.
    """

    def __init__(self, dsn: str, size: int, timeout: float) -> None:
        """`timeout`: seconds that a statement may take, and that a connection is waited for."""
        self._dsn, self._timeout = dsn, timeout
        self._pool: Pool[asyncpg.Connection] = Pool(self._connect, size, timeout)
        self._sharing = Sharing(self.value, self._values)

    def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> Coroutine[Any, Any, bytes]:
        """The first column of the first row: bytes, as the statement has to see to."""
        return self._sharing.ask(sql, args) if brief else self._run(asyncpg.Connection.fetchval, sql, *args)

    async def _values(self, sql: str, args: Sequence[Sequence[Any]]) -> list[bytes]:
        """The same for several callers, in one round trip."""
        rows = await self._run(asyncpg.Connection.fetchmany, sql, args)
        if len(rows) != len(args):  # or one caller's row would be another's
            message = "a brief statement has to give one row"
            raise AssertionError(message)
        return [row[0] for row in rows]

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        return await self._run(asyncpg.Connection.fetch, sql, *args)  # type: ignore[no-any-return]

    async def _run(self, fetch: Callable[..., Awaitable[Any]], sql: str, *args: Any) -> Any:
        try:
            connection = await self._pool.take()
            try:
                return await fetch(connection, sql, *args)
            except TimeoutError:
                connection.terminate()  # the server is silent: the next one may find it elsewhere
                raise
            finally:
                self._pool.give_back(connection)
        except Exception as error:
            if (known := _told(error)) is not error:
                raise known from error
            raise

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._dsn,
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

    async def close(self) -> None:
        """Close all connections; those in use when they are given back."""
        await self._pool.close()


def _told(error: Exception) -> Exception:
    if isinstance(error, asyncpg.StatementTooComplexError):
        return TooComplex()
    return Timeout() if isinstance(error, TimeoutError) else told(error)


class SqliteReader:
    """A few connections, each with its own thread, opened when first needed, and one without for lookups.

    They can't write.
    """

    def __init__(self, path: Path, size: int, timeout: float) -> None:
        """`timeout`: seconds that a statement may take."""
        self._path, self._timeout = path, timeout
        self._free: asyncio.LifoQueue[aiosqlite.Connection | None] = asyncio.LifoQueue()
        for _ in range(min(size, 4)):
            self._free.put_nowait(None)
        self._open: list[aiosqlite.Connection] = []
        self._inline = Inline(path)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosqlite.Connection]:
        connection = await self._free.get()
        try:
            if connection is None:
                connection = await aiosqlite.connect(self._path, isolation_level=None, cached_statements=500)
                self._open.append(connection)
                for name, function in FUNCTIONS:
                    await connection.create_function(name, 1, function, deterministic=True)
                for pragma in (f"busy_timeout = {BUSY_MS}", *PRAGMAS):
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

    async def value(self, sql: str, args: Sequence[Any], *, brief: bool = False) -> bytes:
        """The first column of the first row: bytes, as the statement has to see to."""
        if brief and (found := self._inline.value(sql, args)) is not None:
            return found
        return (await self._run(sql, args))[0][0]  # type: ignore[no-any-return]

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows."""
        return await self._run(sql, args)

    async def close(self) -> None:
        """Close all connections."""
        self._inline.close()
        while self._open:
            await self._open.pop().close()
