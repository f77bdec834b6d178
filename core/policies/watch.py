"""Makes sure, every second, that this process has the newest policies (PRM-8), and knows who is who (ACC-4).

It asks over a connection of its own with a short time limit: neither a busy pool nor a connection that has
gone silent may keep it from noticing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import sqlalchemy as sa
import structlog

from core.db.database import Database
from core.db.readers import PostgresReader, Reader, SqliteReader
from core.db.statements import Statement
from core.organization.people import STAMP, People
from core.policies.keeper import PolicyKeeper
from core.policies.store import NEWEST

EVERY = 1.0
"""Seconds between two questions."""
PATIENCE = 1.0
"""Seconds to wait for an answer."""

ASKED = Statement(sa.select(NEWEST.scalar_subquery(), STAMP.scalar_subquery()))
"""The newest version of the policies, and the stamp of the people, in one question."""

log = structlog.get_logger(__name__)


class Watch:
    """Asks for the newest version, loads it where it is another one, confirms; tells of changed people."""

    def __init__(self, keeper: PolicyKeeper, reader: Reader, people: People | None = None) -> None:
        """`reader`: of the same database, for nothing else; `people`: who is told that somebody changed."""
        self._keeper, self._reader, self._answered = keeper, reader, True
        self._people = people or People()
        self._asked = ASKED.on(keeper.database.engine.dialect)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.look()

    async def look(self) -> None:
        """Ask once. What was confirmed is as old as the question; no answer confirms nothing."""
        keeper = self._keeper
        asked = keeper.policies.now()
        try:
            [[version, people]] = await self._reader.rows(self._asked.sql, self._asked.arguments({}))
            if not keeper.has(UUID(str(version))):
                await keeper.load()
            self._people.seen(people)
            keeper.policies.confirmed(asked)
        except Exception as error:  # noqa: BLE001  # whatever it was: nothing is confirmed, and it asks again
            if self._answered:
                log.warning("policies not confirmed", epoch=keeper.policies.epoch, error=type(error).__name__)
            self._answered = False
        else:
            if not self._answered:
                log.warning("policies confirmed again", epoch=keeper.policies.epoch)
            self._answered = True


def own_reader(database: Database) -> Reader:
    """One connection beside the pool, which gives up soon."""
    if database.path is not None:
        return SqliteReader(database.path, 1, PATIENCE)
    return PostgresReader(database.url, 1, PATIENCE)


@asynccontextmanager
async def watching(keeper: PolicyKeeper, people: People | None = None) -> AsyncIterator[None]:
    """The policies of the database are in force here, and stay it while the block runs; so do suspensions."""
    asked = keeper.policies.now()
    await keeper.start()
    keeper.policies.confirmed(asked)
    reader = own_reader(keeper.database)
    watch = Watch(keeper, reader, people)
    await watch.look()  # who changes after this is noticed
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        with suppress(TimeoutError):  # the database may be silent
            await reader.close()
