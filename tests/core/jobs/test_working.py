"""Workers that run: what wakes them, stops them, and holds them up."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.db.database import Database
from core.errors import Unavailable
from core.events.declare import Handler
from core.jobs.declare import Context
from core.jobs.outbox import Bell
from core.jobs.worker import Worker, working
from tests.core.jobs.works import Wished, done, leave, leaving, rows, staff, until_done, wish


async def test_a_commit_wakes_the_worker(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.worker.POLL", 60)
    worker = staff(database, [Handler("straw.seen", Wished, leaving("w"))])
    async with working(worker):
        await asyncio.sleep(0.05)
        await wish(database, 1)
        await until_done(database)


async def test_stopping_lets_what_is_at_work_end(database: Database) -> None:
    begun = asyncio.Event()

    async def handle(context: Context, _events: Sequence[Wished]) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        await leave(context, "ended")

    worker = staff(database, [Handler("straw.slow", Wished, handle)])
    await wish(database, 1)
    async with working(worker):
        await begun.wait()
    assert await done(database) == Counter(["ended"])


async def test_what_does_not_end_is_rolled_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.worker.GRACE", 0.05)
    begun = asyncio.Event()

    async def handle(context: Context, _events: Sequence[Wished]) -> None:
        await leave(context, "half")
        begun.set()
        await asyncio.sleep(60)

    worker = staff(database, [Handler("straw.slow", Wished, handle)])
    await wish(database, 1)
    async with working(worker):
        await begun.wait()
    assert not await done(database)
    assert await rows(database) == [("straw.slow", 0, None)]


async def test_it_goes_on_when_the_database_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.worker.POLL", 0.01)
    worker = staff(database, [Handler("straw.seen", Wished, leaving("w"))])
    await wish(database, 1)
    reader, away = database.reader, 3

    class Away:
        async def rows(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
            nonlocal away
            away -= 1
            if away > 0:
                raise Unavailable
            return await reader.rows(sql, args)

    monkeypatch.setattr(database, "reader", Away())
    with capture_logs() as logs:
        async with working(worker):
            await until_done(database)
    assert [entry["event"] for entry in logs] == ["work waits for the database", "work goes on"]


async def test_without_hands_nothing_is_done(database: Database) -> None:
    worker: Worker = staff(database, [Handler("straw.seen", Wished, leaving("w"))], hands=0)
    await wish(database, 1)
    async with working(worker):
        await asyncio.sleep(0.05)
    assert not await done(database)
    assert database.services.get(Bell) is not None
