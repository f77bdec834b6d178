"""Connections that write: a transaction on the driver, which SQLAlchemy sessions can join."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import aiosqlite
import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import await_only

from core.db.conditions import Unmet

AHEAD = "baoke_ahead"
"""Under this name SQLAlchemy's connection finds what has to be done before a session's statement."""


class Writer(Protocol):
    """One connection. `shared` is SQLAlchemy's view of it, on which nothing but the driver begins or ends."""

    shared: AsyncConnection
    dialect: Dialect

    async def begin(self) -> None:
        """Open the transaction."""
        ...

    async def commit(self) -> None:
        """End it; nothing, where a session has ended it."""
        ...

    async def rollback(self) -> None:
        """As `commit`, undoing what was done."""
        ...

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run one statement; SQLAlchemy's IntegrityError where a constraint forbids it, Unmet by a guard."""
        ...

    def is_closed(self) -> bool:
        """Whether the connection was lost or closed."""
        ...

    def terminate(self) -> None:
        """Close it at once."""
        ...

    async def close(self) -> None:
        """Close it in order."""
        ...


class _Shared:
    """What both have of SQLAlchemy."""

    def __init__(self, shared: AsyncConnection) -> None:
        self.shared, self.dialect = shared, shared.dialect

    def is_closed(self) -> bool:
        """Whether SQLAlchemy has given it up, as it does when a statement of its own is cancelled."""
        return self.shared.closed or self.shared.invalidated

    def terminate(self) -> None:
        """Close the connection at once, and tell the engine so."""
        connection = self.shared.sync_connection
        if connection is not None and not connection.closed:
            connection.invalidate()
            connection.close()

    async def close(self) -> None:
        """Close the connection in order."""
        await self.shared.close()


class PostgresWriter(_Shared):
    """asyncpg."""

    def __init__(self, shared: AsyncConnection, driver: asyncpg.Connection) -> None:
        """`driver`: the connection below `shared`."""
        super().__init__(shared)
        self._driver = driver

    async def begin(self) -> None:
        """Isolation as the server has it: READ COMMITTED."""
        await self._driver.execute("BEGIN")

    async def commit(self) -> None:
        """End the transaction. One that a statement broke, whose error somebody kept to himself, is none."""
        if self._driver.is_in_transaction() and await self._driver.execute("COMMIT") != "COMMIT":
            raise asyncpg.InFailedSQLTransactionError("a statement failed, so nothing was committed")

    async def rollback(self) -> None:
        """Undo the transaction."""
        if self._driver.is_in_transaction():
            await self._driver.execute("ROLLBACK")

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run one statement, prepared once on this connection."""
        try:
            return await self._driver.fetch(sql, *args)  # type: ignore[no-any-return]
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(sql, None, error, hide_parameters=True) from error
        except asyncpg.InvalidTextRepresentationError as error:
            raise Unmet from error

    def is_closed(self) -> bool:
        """Whether the connection was lost or closed."""
        return self._driver.is_closed() or super().is_closed()


class SqliteWriter(_Shared):
    """aiosqlite."""

    def __init__(self, shared: AsyncConnection, driver: aiosqlite.Connection) -> None:
        """`driver`: the connection below `shared`."""
        super().__init__(shared)
        self._driver = driver

    async def begin(self) -> None:
        """At once for writing: a read that turns into a write would fail, whatever the time-out."""
        await self._driver.execute_fetchall("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        """End the transaction."""
        if self._driver.in_transaction:
            await self._driver.commit()

    async def rollback(self) -> None:
        """Undo the transaction; what still runs in the connection's thread, for nobody, is cut short."""
        with suppress(ValueError):  # as aiosqlite says that the connection is closed
            await self._driver.interrupt()
            await self._driver.rollback()

    async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run one statement."""
        try:
            return list(await self._driver.execute_fetchall(sql, args))
        except sqlite3.IntegrityError as error:
            raise IntegrityError(sql, None, error, hide_parameters=True) from error


def _ahead(connection: sa.Connection, *_: Any) -> None:
    """Before a session's statement: open the unit's transaction, do what waits."""
    act = connection.info.get(AHEAD)
    if act is not None:
        await_only(act())


async def open_writer(engine: AsyncEngine) -> Writer:
    """A new connection. SQLAlchemy takes each statement on it for a transaction of its own."""
    shared = await engine.connect()
    await shared.execution_options(isolation_level="AUTOCOMMIT")
    sa.event.listen(shared.sync_connection, "before_cursor_execute", _ahead)
    driver: Any = (await shared.get_raw_connection()).driver_connection
    return SqliteWriter(shared, driver) if engine.dialect.name == "sqlite" else PostgresWriter(shared, driver)
