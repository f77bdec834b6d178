"""Telling what happened: with what happened, or not at all."""

from typing import Any
from unittest.mock import AsyncMock

import pytest

from core.db.database import Database, UnitOfWork
from core.events.declare import Handler
from core.events.publish import publish
from core.events.registry import Events
from tests.core.jobs.works import Granted, Wished, leaving, rows, staff, wish

SEEN = Handler("straw.seen", Wished, leaving("w"))
ALSO = Handler("other.seen", Wished, leaving("o"))


async def test_one_insert_tells_all_who_want_to_know(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff(database, [SEEN, ALSO])
    database.services[Events].listened.add(Wished)
    statements: list[Any] = []
    later = UnitOfWork.later

    async def count(work: UnitOfWork, *args: Any) -> Any:
        statements.append(args)
        await later(work, *args)

    with monkeypatch.context() as patched:
        patched.setattr(UnitOfWork, "later", count)
        await wish(database, 1, 2)
    assert len(statements) == 1
    assert [row[0] for row in await rows(database)] == [None, "straw.seen", "other.seen"] * 2


async def test_nobody_costs_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = AsyncMock()
    monkeypatch.setattr(UnitOfWork, "rows", sent)
    monkeypatch.setattr(UnitOfWork, "later", sent)
    await wish(database, 1)  # no registry at all
    staff(database, [SEEN])
    async with database.unit_of_work() as work:
        await publish(work, Granted(number=1))
        await publish(work)
        assert work.after_commit == []
    sent.assert_not_awaited()


async def test_more_than_an_insert_holds(database: Database) -> None:
    staff(database, [SEEN, ALSO])
    await wish(database, *range(151))
    assert len(await rows(database)) == 302


async def test_what_is_rolled_back_was_never_told(database: Database) -> None:
    staff(database, [SEEN])
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with database.unit_of_work() as work:
            await publish(work, Wished(number=1))
            raise ZeroDivisionError
    assert await rows(database) == []
