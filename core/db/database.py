"""One database of one application.

Its writers (units of work, on the driver or through SQLAlchemy) and its reader (the driver).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from core.clock import Clock
from core.db.failures import told
from core.db.pool import Pool
from core.db.readers import BUSY_MS, PostgresReader, Reader, SqliteReader
from core.db.sealing import Sealer
from core.db.search.text import FUNCTIONS
from core.db.work import UnitOfWork
from core.db.writers import Writer, open_writer
from core.ids import Ids
from core.services import Services

__all__ = ["Database", "UnitOfWork"]


class Database:
    """Opens units of work and readers for one address. Make it, use it, `close` it."""

    def __init__(
        self, url: str, *, clock: Clock, ids: Ids, sealer: Sealer, pool: int = 10, timeout: float = 10.0
    ) -> None:
        """`url`: `sqlite:///FILE` or `postgresql://…`; `timeout`: seconds a statement may take."""
        self.url, self.clock, self.ids, self.sealer = url, clock, ids, sealer
        self.services = Services()
        self.sqlite = url.startswith("sqlite:")
        self.engine: AsyncEngine
        self.reader: Reader
        if self.sqlite:
            path = Path(url.removeprefix("sqlite:///"))
            self.path: Path | None = path
            self.engine = create_async_engine(
                f"sqlite+aiosqlite:///{path}",
                poolclass=NullPool,
                hide_parameters=True,
                connect_args={"timeout": BUSY_MS / 1000},
            )
            sa.event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine.sync_engine, "begin", _begin_immediate)
            sa.event.listen(self.engine.sync_engine, "handle_error", _cut_short)
            self.reader = SqliteReader(path, pool, timeout)
        else:
            self.path = None
            milliseconds = str(int(timeout * 1000))
            self.engine = create_async_engine(
                url.replace("postgresql://", "postgresql+asyncpg://", 1),
                poolclass=NullPool,
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
        # SQLite has one writer: wait for it here, in order, rather than in its busy handler.
        size = 1 if self.sqlite else pool
        self._writers: Pool[Writer] = Pool(lambda: open_writer(self.engine), size, timeout)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """One transaction, committed when the block ends and rolled back when it raises."""
        try:
            writer = await self._writers.take()
            work = UnitOfWork(writer, self.clock, self.ids, self.sealer, self.services)
            try:
                if self.sqlite:  # at once: a read that turns into a write would fail
                    await work.begin()
                try:
                    yield work
                    await work.finish()
                except Exception:
                    await work.settle()  # whose error comes first, as where it was asked at once
                    raise
            except BaseException:
                await asyncio.shield(self._abandon(work))
                raise
            self._writers.give_back(writer)
        except Exception as error:
            if (known := told(error)) is not error:
                raise known from error
            raise
        for act in work.after_commit:
            waiting = act()
            if waiting is not None:
                await waiting

    async def _abandon(self, work: UnitOfWork) -> None:
        """Undo what was done; a connection that can't do that is of no more use."""
        try:
            await work.undo()
        except Exception:  # noqa: BLE001  # what went wrong before is what the caller hears
            work.writer.terminate()
        self._writers.give_back(work.writer)

    async def ping(self) -> None:
        """Raise Unavailable unless the database answers."""
        await self.reader.rows("SELECT 1", ())

    async def close(self) -> None:
        """Give all connections back."""
        await self.reader.close()
        await self._writers.close()
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = (
        None  # SQLAlchemy's "begin" event below opens the transaction, not the driver
    )
    for name, function in FUNCTIONS:
        connection.create_function(name, 1, function, deterministic=True)
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
    if connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        return  # a session joins the unit of work's
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE"
    )  # a read that turns into a write would fail at once, whatever the time-out


def _cut_short(context: sa.ExceptionContext) -> None:
    """What a cancelled task ran: SQLAlchemy would wait for its end, and give up the connection, locked."""
    if isinstance(context.original_exception, asyncio.CancelledError) and context.connection is not None:
        context.is_disconnect = False
        adapted: Any = context.connection.connection.dbapi_connection
        adapted.run_async(lambda driver: driver.interrupt())
