"""A step that holds up the loop is told; what is awaited is as it would be without anybody looking."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from core.db.database import Database
from core.events.declare import Handler
from core.jobs.declare import Context
from core.jobs.holding import Held
from tests.core.jobs.works import Wished, done, leave, staff, wish

LONG = 0.02


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.holding.TOO_LONG", LONG)


async def test_a_handler_that_blocks_is_named_and_its_work_done(database: Database) -> None:
    async def handle(context: Context, _events: Sequence[Wished]) -> None:
        await leave(context, "before")
        time.sleep(LONG * 2)  # noqa: ASYNC251  # that is what it is about
        await leave(context, "after")

    worker = staff(database, [Handler("straw.blocks", Wished, handle)])
    await wish(database, 1)
    with capture_logs() as logs:
        await worker.drain()
    assert await done(database) == Counter(["before", "after"])
    told = [one for one in logs if one["event"] == "work holds up the whole process"]
    assert [one["task"] for one in told] == ["straw.blocks"]


async def test_waiting_holds_up_nothing() -> None:
    async def waits() -> None:
        await asyncio.sleep(LONG * 3)

    with capture_logs() as logs:
        await Held(waits(), "straw.waits")
    assert not logs


async def test_what_goes_wrong_goes_through_it() -> None:
    said: list[str] = []

    async def fails() -> None:
        raise ValueError("own")

    async def catches() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            said.append("cancelled")
            raise

    async def held(act: object) -> None:
        await Held(act, "straw")  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="own"):
        await held(fails())
    task = asyncio.create_task(held(catches()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == ["cancelled"]
    never = held(catches())
    never.send(None)
    never.close()
