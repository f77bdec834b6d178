"""The unit of work: one transaction, and what services need beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import SessionTransaction

from core.clock import Clock
from core.db.sealing import Sealer
from core.db.statements import Statement
from core.db.writers import Writer
from core.ids import Ids
from core.services import Services


class UnitOfWork:
    """One transaction, in two ways: `session` for objects and whatever is asked seldom, `rows` for hot acts.

    Both see what the other did. Services flush; only the frame commits.
    """

    def __init__(self, writer: Writer, clock: Clock, ids: Ids, sealer: Sealer, services: Services) -> None:
        """`writer` is the unit's own until it ends; `services`: what the application offers."""
        self.writer, self.clock, self.ids, self.sealer = writer, clock, ids, sealer
        self.services = services
        self.after_commit: list[Callable[[], Awaitable[None] | None]] = []
        self._session: AsyncSession | None = None
        self._joined: SessionTransaction | None = None

    @property
    def session(self) -> AsyncSession:
        """SQLAlchemy's session on the transaction, made when first asked for."""
        if self._session is None:
            self._session = AsyncSession(self.writer.shared, expire_on_commit=False)
            self._joined = self._session.sync_session.begin()
        return self._session

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.writer.dialect.name

    async def rows(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> Sequence[Sequence[Any]]:
        """Run one statement on the driver: its rows, as the driver gives them."""
        await self.flush()
        rendered = statement.on(self.writer.dialect)
        return await self.writer.rows(rendered.sql, rendered.arguments(values or {}))

    async def flush(self) -> None:
        """Send what the session has not sent yet."""
        session = self._session
        if session is not None and (session.new or session.dirty or session.deleted):
            await session.flush()

    async def finish(self) -> None:
        """Commit, unless a service has taken its session's work back (a dry run). For the frame alone."""
        session = self._session
        if session is not None:
            if session.sync_session.get_transaction() is not self._joined:
                await self.undo()
                return
            await session.commit()
        await self.writer.commit()
        if session is not None:
            await session.close()

    async def undo(self) -> None:
        """Roll back. For the frame alone."""
        try:
            await self.writer.rollback()
        finally:
            if self._session is not None:
                await self._session.close()
