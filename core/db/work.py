"""The unit of work: one transaction, and what services need beside it.

On PostgreSQL the transaction opens with the first statement that needs one. A unit that asks (`read`) and
then writes what nobody waits for (`later`) needs none: all its writes are one statement, and what has to hold
for them (`provided`) is asked by the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import SessionTransaction

from core.clock import Clock
from core.db.conditions import Condition, Unmet
from core.db.later import Blame, Later, blamed, groups_of, is_open, together
from core.db.sealing import Sealer
from core.db.statements import Statement
from core.db.writers import AHEAD, Writer
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
        self.operation: str | None = None
        """Name of the mutation or command that is carried out, for the audit."""
        self.after_commit: list[Callable[[], Awaitable[None] | None]] = []
        self.before_commit: list[Callable[[], Awaitable[None]]] = []
        """Done in the transaction when all else is, and not where it is taken back."""
        self._waiting: list[Later] = []
        self._conditions: list[Condition] = []
        self._refused: Exception | None = None
        self._open = False
        writer.shared.sync_connection.info[AHEAD] = self._ready  # type: ignore[union-attr]
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
        await self._ready()
        return await self._run(statement, values)

    async def read(
        self, statement: Statement, values: Mapping[str, Any] | None = None
    ) -> Sequence[Sequence[Any]]:
        """As `rows`, for a query that locks nothing: asked before anything is written, it opens nothing."""
        if self._open or self._waiting or self._session is not None:
            return await self.rows(statement, values)
        await self.settle()
        return await self._run(statement, values)

    async def provided(self, condition: Condition) -> None:
        """Ask nothing else and write nothing unless this holds; its error comes as late as the commit.

        It is the end of this unit (`refuse`).
        """
        self._conditions.append(condition)
        if self._open or self.dialect == "sqlite":
            await self.settle()

    async def settle(self) -> None:
        """Ask what has to hold now, where it was not asked yet."""
        if self._refused is not None:
            raise self._refused
        while self._conditions:
            try:
                self._conditions[0].heard(await self._run(*self._conditions[0].question))
            except Exception as error:  # noqa: BLE001 whatever it is, it was not learnt that this holds
                self.refuse(error)
            del self._conditions[0]

    def refuse(self, error: Exception) -> NoReturn:
        """Raise this, now and at the commit: nothing of the unit is kept, whoever catches it."""
        self._refused = error
        raise error

    async def later(
        self, statement: Statement, values: Mapping[str, Any], blame: Blame | None = None
    ) -> None:
        """Run a write before whatever is asked next, at the latest before the commit.

        `blame`: what it means where a constraint forbids it.
        """
        rendered = statement.on(self.writer.dialect)
        self._waiting.append(Later(statement, rendered, rendered.arguments(values), blame))
        if self.dialect == "sqlite":
            await self._ready()

    async def _run(self, statement: Statement, values: Mapping[str, Any] | None) -> Sequence[Sequence[Any]]:
        rendered = statement.on(self.writer.dialect)
        return await self.writer.rows(rendered.sql, rendered.arguments(values or {}))

    async def _ready(self) -> None:
        """What has to hold does, the transaction is open, and what waited is done."""
        await self.settle()
        await self.begin()
        waiting, self._waiting = self._waiting, []
        for group in groups_of(waiting):
            await self._send(group)

    async def _send(self, group: Sequence[Later]) -> None:
        try:
            await self.writer.rows(*together(group))
        except IntegrityError as error:
            await self.settle()  # whose error comes first: it must not be told what is there
            raise blamed(group, error) from None

    async def _send_alone(self, group: Sequence[Later]) -> None:
        """By itself, under the guard of what has to hold, where that is one thing."""
        if len(self._conditions) == 1 and is_open(group):
            statement, values = self._conditions[0].guard
            rendered = statement.on(self.writer.dialect)
            try:
                await self._send([*group, Later(statement, rendered, rendered.arguments(values))])
            except Unmet:
                await self.settle()
            else:
                self._conditions = []
                return
        await self.settle()
        await self._send(group)

    async def begin(self) -> None:
        """Open the transaction, unless it is open."""
        if not self._open:
            self._open = True
            await self.writer.begin()

    async def flush(self) -> None:
        """Send what the session has not sent yet."""
        session = self._session
        if session is not None and (session.new or session.dirty or session.deleted):
            await session.flush()

    async def finish(self) -> None:
        """Commit, unless a service has taken its session's work back (a dry run). For the frame alone."""
        session = self._session
        if session is not None and session.sync_session.get_transaction() is not self._joined:
            await self.settle()
            await self.undo()
            return
        for act in self.before_commit:
            await act()
        session = self._session
        if session is not None:
            await session.commit()
        await self._commit()
        self._end()
        if session is not None:
            await session.close()

    async def _commit(self) -> None:
        """What still waits is done, by itself where it is all that there is to do."""
        groups = groups_of(self._waiting)
        if not self._open and len(groups) <= 1:
            self._waiting = []
            for group in groups:
                await self._send_alone(group)
            await self.settle()
            return
        await self._ready()
        await self.writer.commit()

    def _end(self) -> None:
        self._waiting, self._conditions = [], []
        self.writer.shared.sync_connection.info.pop(AHEAD, None)  # type: ignore[union-attr]

    async def undo(self) -> None:
        """Roll back. For the frame alone."""
        self._end()
        try:
            await self.writer.rollback()
        finally:
            if self._session is not None:
                await self._session.close()
