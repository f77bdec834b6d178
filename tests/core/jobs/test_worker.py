"""Durable work: done once, whatever fails, by whichever process."""

import asyncio
import datetime as dt
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from core.clock import HeldClock
from core.db.database import Database
from core.errors import Conflict
from core.events.declare import Handler
from core.events.publish import publish
from core.jobs import worker as worker_module
from core.jobs.declare import Context, Job, Payload
from core.jobs.outbox import Entry, enqueue, write
from core.jobs.taking import LONGEST_WAIT, MOST_ATTEMPTS, wait_after
from core.text import Text
from tests.core.jobs.works import (
    DEPARTMENTS,
    PUT,
    Granted,
    Wished,
    done,
    leave,
    leaving,
    main,
    own_database,
    rows,
    staff,
    wish,
)
from tests.databases import NOW
from tests.processes import start

ABOUT = Text("straw", "稻草")
SECOND = dt.timedelta(seconds=1)


def held(database: Database) -> HeldClock:
    assert isinstance(database.clock, HeldClock)
    return database.clock


async def test_what_was_published_is_handled_in_batches(database: Database) -> None:
    sizes: list[int] = []
    seen: list[Any] = []

    async def handle(context: Context, events: Sequence[Wished]) -> None:
        sizes.append(len(events))
        seen.extend(event.number for event in events)
        assert context.viewer.subject == "plugin:straw"
        assert context.viewer.plan.unrestricted
        assert context.services is database.services

    worker = staff(database, [Handler("straw.seen", Wished, handle, batch=4)])
    await wish(database, *range(10))
    await worker.drain()
    assert sizes == [4, 4, 2]
    assert seen == list(range(10))
    assert await rows(database) == []


async def test_two_processes_do_everything_once(address: str, database: Database) -> None:
    await wish_many(database, 300)
    others = [own_database(address) for _ in range(2)]
    workers = [staff(one, [Handler("straw.slow", Wished, leaving("w"), batch=7)], hands=2) for one in others]
    await asyncio.gather(*(worker.drain() for worker in workers), *(worker.drain() for worker in workers))
    await workers[0].drain()
    assert await done(database) == Counter(f"w{i}" for i in range(300))
    assert await rows(database) == []
    for one in others:
        await one.close()


async def wish_many(database: Database, count: int) -> None:
    async with database.unit_of_work() as work:
        now = [Entry("straw.wished", 2, "straw.slow", {"number": i}) for i in range(count)]
        await write(work, now)


async def test_a_killed_process_loses_nothing_and_doubles_nothing(address: str, database: Database) -> None:
    await wish_many(database, 200)
    for batches in (1, 3):
        process = start(main, address)
        for _ in range(batches):
            assert await process.works()
        await asyncio.sleep(0.02)  # in the middle of the next batch
        assert await process.end(killed=True) == -signal.SIGKILL
    found = await done(database)
    assert 0 < len(found) < 200
    assert set(found.values()) == {1}
    other = own_database(address)
    await staff(other, [Handler("straw.slow", Wished, leaving("w"))]).drain()
    assert await done(database) == Counter(f"w{i}" for i in range(200))
    await other.close()


async def test_one_that_fails_holds_up_nobody_and_comes_later_and_later(database: Database) -> None:
    async def handle(context: Context, events: Sequence[Wished]) -> None:
        for event in events:
            await leave(context, f"w{event.number}")
            if event.number == 3:
                raise ValueError("13800000000 is a value")

    worker = staff(database, [Handler("straw.poisoned", Wished, handle)])
    await wish(database, *range(6))
    await worker.drain()
    assert await done(database) == Counter(f"w{i}" for i in range(6) if i != 3)
    for attempt in range(1, MOST_ATTEMPTS):
        assert await rows(database) == [("straw.poisoned", attempt, "ValueError")]
        wait = wait_after(attempt, 0.5)
        held(database).advance(wait - dt.timedelta(milliseconds=1))
        await worker.drain()
        assert (await rows(database))[0][1] == attempt
        held(database).advance(dt.timedelta(milliseconds=1))
        await worker.drain()
    held(database).advance(dt.timedelta(days=30))
    await worker.drain()
    assert await rows(database) == [("straw.poisoned", MOST_ATTEMPTS, "ValueError")]  # given up


def test_waits_grow_from_a_second_to_an_hour() -> None:
    waits = [wait_after(attempt, 0.5).total_seconds() for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[0] == pytest.approx(1)
    assert waits[-1] == pytest.approx(LONGEST_WAIT)
    assert all(1.5 < later / earlier < 3 for earlier, later in pairwise(waits))
    assert wait_after(1, 0) == SECOND * 0.8
    assert wait_after(1, 1) == SECOND * 1.2


async def test_an_error_that_the_handler_keeps_to_itself(database: Database) -> None:
    """PostgreSQL rolls back at the commit then; SQLite takes back the one statement."""

    async def handle(context: Context, events: Sequence[Wished]) -> None:
        await leave(context, f"w{events[0].number}")
        with suppress(IntegrityError):
            await context.work.rows(PUT, dict.fromkeys(DEPARTMENTS.c.keys()))

    worker = staff(database, [Handler("straw.quiet", Wished, handle)])
    await wish(database, 1)
    await worker.drain()
    if database.sqlite:
        assert await done(database) == Counter(["w1"])
    else:
        assert not await done(database)
        assert await rows(database) == [("straw.quiet", 1, "InFailedSQLTransactionError")]


async def test_errors_are_kept_by_code(database: Database) -> None:
    async def handle(_context: Context, _events: Sequence[Wished]) -> None:
        raise Conflict("name", Text("Wang has it", "王先生已有"))

    worker = staff(database, [Handler("straw.refused", Wished, handle)])
    await wish(database, 1)
    with capture_logs() as logs:
        await worker.drain()
    assert await rows(database) == [("straw.refused", 1, "CONFLICT")]
    assert [entry["error"] for entry in logs] == ["CONFLICT"]


@pytest.mark.parametrize("error", [SystemExit, asyncio.CancelledError])
async def test_no_work_ends_its_worker(database: Database, error: type[BaseException]) -> None:
    async def handle(context: Context, _events: Sequence[Wished]) -> None:
        await leave(context, "half")
        raise error

    worker = staff(database, [Handler("straw.astray", Wished, handle)])
    await wish(database, 1)
    await worker.drain()
    assert await rows(database) == [("straw.astray", 1, error.__name__)]
    assert not await done(database)


async def test_who_will_not_end_loses_the_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler that takes no notice of its cancellation holds up nobody's writes."""
    monkeypatch.setattr(worker_module, "GRACE", 0.05)
    released = asyncio.Event()

    async def run(context: Context, _payload: Payload) -> None:
        await leave(context, "half")
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()

    worker = staff(database, jobs=[Job("straw.stubborn", run, ABOUT, seconds=0.05)])
    async with database.unit_of_work() as work:
        await enqueue(work, "straw.stubborn")
    with capture_logs() as logs:
        await worker.drain()
    assert "work does not end when it is told to" in [entry["event"] for entry in logs]
    assert await rows(database) == [("straw.stubborn", 1, "TimeoutError")]
    assert not await done(database)
    released.set()
    await asyncio.sleep(0)


async def test_a_worker_that_is_stopped_counts_nothing(database: Database) -> None:
    begun = asyncio.Event()

    async def handle(_context: Context, _events: Sequence[Wished]) -> None:
        begun.set()
        await asyncio.sleep(30)

    worker = staff(database, [Handler("straw.long", Wished, handle)])
    await wish(database, 1)
    running = asyncio.create_task(worker.run())
    await begun.wait()
    running.cancel()
    await asyncio.wait((running,))
    assert running.cancelled()
    assert await rows(database) == [("straw.long", 0, None)]


async def test_who_takes_too_long_is_stopped(database: Database) -> None:
    async def run(context: Context, _payload: Payload) -> None:
        await leave(context, "half")
        await asyncio.sleep(30)

    worker = staff(database, jobs=[Job("straw.slow", run, ABOUT, seconds=0.05)])
    async with database.unit_of_work() as work:
        await enqueue(work, "straw.slow")
    await worker.drain()
    assert await rows(database) == [("straw.slow", 1, "TimeoutError")]
    assert not await done(database)


async def test_a_job_goes_on_with_what_it_gives(database: Database) -> None:
    async def run(context: Context, payload: Payload) -> Payload | None:
        await leave(context, f"from {payload['from']}")
        return {"from": payload["from"] + 1} if payload["from"] < 3 else None

    job = Job("straw.counted", run, ABOUT)
    worker = staff(database, jobs=[job])
    async with database.unit_of_work() as work:
        await enqueue(work, job, {"from": 1}, at=NOW + SECOND)
    await worker.drain()
    assert not await done(database)
    held(database).advance(SECOND)
    await worker.drain()
    assert await done(database) == Counter(["from 1", "from 2", "from 3"])


async def test_what_nobody_knows_waits(database: Database) -> None:
    worker = staff(database, [Handler("straw.seen", Wished, leaving("w"))])
    async with database.unit_of_work() as work:
        await enqueue(work, "gone.away")
        await write(work, [Entry("straw.wished", 3, "straw.seen", {"number": 1})])
        await write(work, [Entry("straw.wished", 1, "straw.seen", {"count": 7})])
    assert await worker.round()
    assert not await worker.round()
    assert await done(database) == Counter(["w7"])  # of an earlier version
    assert await rows(database) == [("gone.away", 0, None), ("straw.seen", 0, None)]


async def test_a_backlog_starves_nobody(database: Database) -> None:
    first: list[str] = []

    def noting(name: str) -> Any:
        async def handle(_context: Context, _events: Sequence[Any]) -> None:
            first.append(name)

        return handle

    handlers = [
        Handler(f"straw.{n}", kind, noting(n), batch=5) for n, kind in (("a", Wished), ("b", Granted))
    ]
    worker = staff(database, handlers)
    await wish(database, *range(50))
    async with database.unit_of_work() as work:
        await publish(work, Granted(number=1))
    await worker.drain()
    assert first[:3] == ["a", "b", "a"]
