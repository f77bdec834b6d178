"""Jobs by the clock: one tick across processes, and one for all that were missed."""

import asyncio
import datetime as dt
from collections import Counter

from core.clock import HeldClock
from core.db.database import Database
from core.jobs.declare import Context, Job, Payload
from core.jobs.schedules import Schedules
from core.text import Text
from tests.core.jobs.works import SHANGHAI, done, leave, rows, staff
from tests.databases import NOW, open_database

HOUR = dt.timedelta(hours=1)  # NOW is 17:30 in Shanghai


async def run(context: Context, _payload: Payload) -> None:
    await leave(context, "ticked")


HOURLY = Job("straw.hourly", run, Text("straw", "稻草"), every="0 * * * *")


def advance(database: Database, by: dt.timedelta) -> None:
    assert isinstance(database.clock, HeldClock)
    database.clock.advance(by)


async def test_it_comes_when_it_is_due(database: Database) -> None:
    worker = staff(database, jobs=[HOURLY])
    await worker.drain()
    assert not await done(database)
    advance(database, HOUR / 2)
    await worker.drain()
    await worker.drain()
    assert await done(database) == Counter(["ticked"])


async def test_what_was_missed_comes_once(database: Database) -> None:
    worker = staff(database, jobs=[HOURLY])
    await worker.drain()
    advance(database, 100 * HOUR)
    await worker.drain()
    assert await done(database) == Counter(["ticked"])
    advance(database, HOUR)
    await worker.drain()
    assert await done(database) == Counter({"ticked": 2})


async def test_one_tick_across_processes(address: str, database: Database) -> None:
    others = [open_database(address) for _ in range(3)]
    clocks = [Schedules(one, [HOURLY], SHANGHAI) for one in others]
    for hours in range(1, 4):
        await asyncio.gather(*(one.tick() for one in clocks))
        for one in others:
            advance(one, HOUR)
        await asyncio.gather(*(one.tick() for one in clocks))
        assert len(await rows(database)) == 1, hours  # the last one is still waiting
    for one in others:
        await one.close()


async def test_a_tick_waits_for_the_last_one_that_failed(database: Database) -> None:
    async def fails(_context: Context, _payload: Payload) -> None:
        raise ValueError

    worker = staff(database, jobs=[Job("straw.hourly", fails, Text("straw", "稻草"), every="* * * * *")])
    await worker.drain()
    advance(database, HOUR)
    await worker.drain()
    assert await rows(database) == [("straw.hourly", 1, "ValueError")]
    advance(database, HOUR)
    await worker.drain()
    assert await rows(database) == [("straw.hourly", 2, "ValueError")]


async def test_another_expression_counts_from_now(address: str, database: Database) -> None:
    await Schedules(database, [HOURLY], SHANGHAI).tick()
    other = open_database(address)
    advance(other, HOUR)
    daily = Job("straw.hourly", run, Text("straw", "稻草"), every="0 0 * * *")
    await Schedules(other, [daily], SHANGHAI).tick()
    assert await rows(database) == []
    assert isinstance(other.clock, HeldClock)
    other.clock.at = NOW + 7 * HOUR
    await Schedules(other, [daily], SHANGHAI).tick()
    assert len(await rows(database)) == 1
    await other.close()
