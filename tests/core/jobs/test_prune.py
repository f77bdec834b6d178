"""What was told is forgotten after a day; what is still to be done is not."""

import datetime as dt

import pytest

from core.clock import HeldClock
from core.db.database import Database
from core.jobs.outbox import Entry, enqueue, write
from core.jobs.prune import KEPT, PRUNE
from tests.core.jobs.works import rows, staff


async def test_prune(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.prune.BATCH", 2_000)
    assert isinstance(database.clock, HeldClock)
    async with database.unit_of_work() as work:
        await write(work, [Entry("straw.wished", 1, None, {"number": i}) for i in range(2_500)])
        await enqueue(work, "gone.away")
    database.clock.advance(KEPT)
    async with database.unit_of_work() as work:
        await write(work, [Entry("straw.wished", 1, None, {"number": 1})])
    worker = staff(database, jobs=[PRUNE])
    await worker.drain()
    assert len(await rows(database)) == 2_502
    database.clock.advance(dt.timedelta(hours=1))
    await worker.drain()
    assert await rows(database) == [("gone.away", 0, None), (None, 0, None)]
