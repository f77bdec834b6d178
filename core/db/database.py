"""One database of one application.

Its writer (SQLAlchemy sessions in a unit of work) and its reader (the driver).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from core.clock import Clock
from core.db.readers import BUSY_MS, PostgresReader, Reader, SqliteReader
from core.db.sealing import Sealer
from core.errors import Timeout, Unavailable
from core.ids import Ids

CANCELLED = "57014"
AWAY = ("08", "40", "53", "55", "57", "58", "3D")
"""How SQLSTATEs of PostgreSQL begin for which trying again helps: connection lost, rolled back for another's
sake, out of resources, locked, shut down or starting, trouble of its machine, no such database."""


@dataclass
class UnitOfWork:
    """One transaction: its session and what services need beside it.

    Services flush; only the frame commits.
    """

    session: AsyncSession
    clock: Clock
    ids: Ids
    sealer: Sealer
    after_commit: list[Callable[[], Awaitable[None] | None]] = field(default_factory=list)


class Database:
    """Opens units of work and readers for one address. Make it, use it, `close` it."""

    def __init__(
        self, url: str, *, clock: Clock, ids: Ids, sealer: Sealer, pool: int = 10, timeout: float = 10.0
    ) -> None:
        """`url`: `sqlite:///FILE` or `postgresql://…`; `timeout`: seconds a statement may take."""
        self.url, self.clock, self.ids, self.sealer = url, clock, ids, sealer
        self.sqlite = url.startswith("sqlite:")
        self._write_turn = asyncio.Lock()
        self.engine: AsyncEngine
        self.reader: Reader
        if self.sqlite:
            path = Path(url.removeprefix("sqlite:///"))
            self.path: Path | None = path
            self.engine = create_async_engine(
                f"sqlite+aiosqlite:///{path}", hide_parameters=True, connect_args={"timeout": BUSY_MS / 1000}
            )
            sa.event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine.sync_engine, "begin", _begin_immediate)
            self.reader = SqliteReader(path, pool, timeout)
        else:
            self.path = None
            milliseconds = str(int(timeout * 1000))
            self.engine = create_async_engine(
                url.replace("postgresql://", "postgresql+asyncpg://", 1),
                pool_size=min(pool, 10),
                pool_pre_ping=True,
                hide_parameters=True,  # a logged defect must not carry a customer's values (PRM-7)
                connect_args={
                    "timeout": timeout,
                    "server_settings": {
                        "timezone": "UTC",
                        "jit": "off",
                        "statement_timeout": milliseconds,
                        "lock_timeout": milliseconds,
                    },
                },
            )
            self.reader = PostgresReader(url, pool, timeout)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """One transaction, committed when the block ends and rolled back when it raises."""
        async with self._turn():
            try:
                async with self._sessions() as session:
                    work = UnitOfWork(session, self.clock, self.ids, self.sealer)
                    async with session.begin():
                        yield work
            except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
                raise Unavailable from error
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None) or ""
                if state == CANCELLED:
                    raise Timeout from error
                if error.connection_invalidated or state.startswith(AWAY):
                    raise Unavailable from error
                raise
        for act in work.after_commit:
            waiting = act()
            if waiting is not None:
                await waiting

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """SQLite has one writer: wait for it here, in order, rather than in its busy handler."""
        if not self.sqlite:
            yield
            return
        async with self._write_turn:
            yield

    async def ping(self) -> None:
        """Raise Unavailable unless the database answers."""
        await self.reader.value("SELECT 'ok'", ())

    async def close(self) -> None:
        """Give all connections back."""
        await self.reader.close()
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = (
        None  # SQLAlchemy's "begin" event below opens the transaction, not the driver
    )
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = wal",
        "synchronous = normal",
        "foreign_keys = on",
        f"busy_timeout = {BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE"
    )  # a read that turns into a write would fail at once, whatever the time-out
