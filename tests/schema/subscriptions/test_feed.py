"""The feed on both databases: everything once, also what is committed late, and nothing from before."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.db import asking
from core.db.database import Database
from core.errors import Unavailable
from core.events.declare import Event
from core.jobs.models import OUTBOX
from core.jobs.outbox import Bell
from core.jobs.prune import first_key
from schema.subscriptions import feed as feeds
from schema.subscriptions import listener as listeners
from schema.subscriptions.errors import Overloaded
from schema.subscriptions.feed import Feed
from schema.subscriptions.listener import Listener
from tests.databases import NOW


class Rang(Event, name="straw.rang", version=2):
    """A bell rang."""

    row_id: UUID


class Silent(Event, name="straw.silent", version=1):
    """Nothing rang."""

    row_id: UUID


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[Feed]:
    made = Feed(database, {kind.event_name: kind for kind in (Rang, Silent)}, Bell())
    yield made
    assert made.listening == 0


def key(seconds: float, number: int = 0) -> UUID:
    """The id of a row that was made so many seconds after now."""
    return UUID(int=first_key(NOW + dt.timedelta(seconds=seconds)).int + number)


async def tell(database: Database, ids: Sequence[UUID], **changes: Any) -> None:
    """Rows of the feed, whose events carry the id of their row."""
    rows = [
        {
            "id": one,
            "name": Rang.event_name,
            "version": 2,
            "handler": None,
            "payload": {"row_id": one.hex},
            "at": NOW,
            "due_at": NOW,
            "attempts": 0,
            **changes,
        }
        for one in ids
    ]
    async with database.unit_of_work() as work:
        await work.session.execute(sa.insert(OUTBOX), rows)


async def heard(listener: Listener, number: int) -> list[UUID]:
    """The rows of the next events."""
    async with asyncio.timeout(10):
        found = [await listener.next() for _ in range(number)]
    return [one.event.row_id for one in found if one is not None]  # type: ignore[attr-defined]


async def silence(listener: Listener, seconds: float = 3 * feeds.EVERY) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await listener.next()


async def test_each_once_and_nothing_from_before(feed: Feed, database: Database) -> None:
    await tell(database, [key(-1), key(-0.5)])
    async with feed.listen(Rang) as mine, feed.listen(Silent) as other:
        await tell(database, [key(0, 1), key(0, 2)])
        assert await heard(mine, 2) == [key(0, 1), key(0, 2)]
        await silence(mine)
        async with feed.listen(Rang) as late:
            await tell(database, [key(0, 3)])
            assert await heard(late, 1) == await heard(mine, 1) == [key(0, 3)]
        await silence(other, 0.1)


async def test_what_is_committed_late_is_told_all_the_same(feed: Feed, database: Database) -> None:
    async with feed.listen(Rang) as mine:
        await tell(database, [key(0)])
        assert await heard(mine, 1) == [key(0)]
        await tell(database, [key(-4), key(-2)])  # their ids are older
        assert await heard(mine, 2) == [key(-4), key(-2)]
        await tell(database, [key(-40)])  # no transaction takes as long
        await silence(mine)


async def test_a_clock_that_is_ahead_hides_nothing(feed: Feed, database: Database) -> None:
    async with feed.listen(Rang) as mine:
        await tell(database, [key(600)])
        assert await heard(mine, 1) == [key(600)]
        await tell(database, [key(1)])
        assert await heard(mine, 1) == [key(1)]
        await silence(mine)


async def test_what_can_not_be_read_is_passed_over(feed: Feed, database: Database) -> None:
    async with feed.listen(Rang) as mine:
        await tell(database, [key(0, 1)], version=3)
        await tell(database, [key(0, 2)], payload={"row_id": "none"})
        await tell(database, [key(0, 3)], name="straw.unknown")
        await tell(database, [key(0, 4)], handler="straw.handler")
        await tell(database, [key(0, 5)])
        assert await heard(mine, 1) == [key(0, 5)]


async def test_the_bell_of_this_process_is_heard_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "EVERY", 60)
    bell = Bell()
    feed = Feed(database, {Rang.event_name: Rang}, bell)
    async with feed.listen(Rang) as mine:
        await tell(database, [key(0)])
        bell.ring()
        assert await heard(mine, 1) == [key(0)]


async def test_after_a_failure_it_goes_on(
    feed: Feed, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, failures = asking.ask, [Unavailable(), ValueError("a defect"), Unavailable()]

    async def ask(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return await known(*given)

    async with feed.listen(Rang) as mine:
        monkeypatch.setattr(feeds, "ask", ask)
        await tell(database, [key(0)])
        assert await heard(mine, 1) == [key(0)]
        assert not failures


async def test_where_it_can_not_be_read_nobody_listens(
    feed: Feed, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(*_given: Any) -> Any:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(feeds, "ask", ask)
        with pytest.raises(Unavailable):
            async with feed.listen(Rang):
                pass
    async with feed.listen(Rang) as mine:
        await tell(database, [key(0)])
        assert await heard(mine, 1) == [key(0)]


async def test_a_flood_is_taken_by_who_takes_it(feed: Feed, database: Database) -> None:
    ids = [key(0, number) for number in range(3 * listeners.MOST)]
    async with feed.listen(Rang) as mine:
        await tell(database, ids)
        assert await heard(mine, len(ids)) == ids


async def test_who_takes_nothing_is_let_go_and_the_others_go_on(
    feed: Feed, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PATIENCE", 0.1)
    ids = [key(0, number) for number in range(listeners.MOST + feeds.BATCH)]
    async with feed.listen(Rang) as slow, feed.listen(Rang) as mine:
        await tell(database, ids)
        assert await heard(mine, len(ids)) == ids
        with pytest.raises(Overloaded):
            await slow.next()


async def test_everybody_is_asked_again(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    async with feed.listen(Rang) as mine:
        feed.ask_again()
        assert await mine.next() is None
    monkeypatch.setattr(feeds, "AGAIN", 0)
    async with feed.listen(Rang) as mine, asyncio.timeout(5):
        assert await mine.next() is None
