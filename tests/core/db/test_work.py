"""One transaction in two ways: through SQLAlchemy's session and on the driver (PRM-9, PRM-10)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.clock import HeldClock
from core.db.database import Database, UnitOfWork
from core.db.sealing import development_sealer
from core.db.statements import Statement
from core.errors import Unavailable
from core.ids import SeededIds
from core.organization.choices import DepartmentKind
from core.organization.models import Department
from tests.databases import NOW, open_database

TABLE: sa.Table = Department.__table__  # type: ignore[assignment]
INSERT = Statement(sa.insert(TABLE))
COUNT = Statement(sa.select(sa.func.count()).select_from(TABLE))
SLOW: dict[str, Any] = {
    "postgresql": sa.select(sa.func.pg_sleep(20)),
    "sqlite": sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT max(i) FROM n"
    ),
}
PROCESS = Statement(sa.select(sa.func.pg_backend_pid()))


def department(work: UnitOfWork, name: str) -> Department:
    return Department(id=work.ids.new(), name=name, kind=DepartmentKind.SALES, created_at=NOW)


async def put(work: UnitOfWork, name: str) -> None:
    row = department(work, name)
    values = {column.name: getattr(row, column.name) for column in TABLE.c}
    await work.rows(INSERT, values)


async def count(database: Database) -> int:
    async with database.unit_of_work() as work:
        return int((await work.rows(COUNT))[0][0])


@pytest.fixture
async def narrow(address: str) -> AsyncIterator[Database]:
    """A database with a single connection to write on: one that is not given back is missed."""
    clock = HeldClock(NOW)
    ids = SeededIds(1, clock)
    opened = Database(address, clock=clock, ids=ids, sealer=development_sealer(), pool=1, timeout=3)
    yield opened
    await opened.close()


async def test_both_see_what_the_other_did(database: Database) -> None:
    async with database.unit_of_work() as work:
        await put(work, "driver")
        work.session.add(department(work, "session"))  # not flushed yet
        assert (await work.rows(COUNT))[0][0] == 2
        found = await work.session.scalars(sa.select(Department.name).order_by(Department.name))
        assert list(found) == ["driver", "session"]
    assert await count(database) == 2


@pytest.mark.parametrize("joined", [False, True])
async def test_what_fails_leaves_nothing(narrow: Database, *, joined: bool) -> None:
    async def fail() -> None:
        async with narrow.unit_of_work() as work:
            await put(work, "driver")
            if joined:
                work.session.add(department(work, "session"))
                await work.session.flush()
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await fail()
    assert await count(narrow) == 0


async def test_a_service_can_take_everything_back(narrow: Database) -> None:
    async with narrow.unit_of_work() as work:
        await put(work, "before")
        work.session.add(department(work, "session"))
        await work.session.rollback()
    assert await count(narrow) == 0
    async with narrow.unit_of_work() as work:
        assert work.session.in_transaction()  # asked for, never used: nothing was taken back
        await put(work, "kept")
    assert await count(narrow) == 1


async def test_a_constraint_is_told_alike_in_both_ways(narrow: Database) -> None:
    twice = {"id": narrow.ids.new(), "name": "twice", "kind": DepartmentKind.SALES, "created_at": NOW}
    values = {column.name: twice.get(column.name) for column in TABLE.c}

    async def by_driver(work: UnitOfWork) -> None:
        await work.rows(INSERT, values)

    async def by_session(work: UnitOfWork) -> None:
        await work.session.execute(sa.insert(TABLE).values(values))

    async with narrow.unit_of_work() as work:
        await by_driver(work)
    for act in (by_driver, by_session):
        async with narrow.unit_of_work() as work:
            with pytest.raises(IntegrityError) as caught:
                await act(work)
            assert caught.value.hide_parameters
            await work.session.rollback()
    assert await count(narrow) == 1


@pytest.mark.parametrize("way", ["driver", "session"])
async def test_a_cancelled_one_gives_its_connection_back(narrow: Database, way: str) -> None:
    async def act() -> None:
        async with narrow.unit_of_work() as work:
            await put(work, "cancelled")
            slow = SLOW[narrow.dialect]
            await (work.rows(Statement(slow)) if way == "driver" else work.session.execute(slow))

    task = asyncio.create_task(act())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(narrow) == 0


async def test_who_waits_for_the_connection_may_give_up(narrow: Database) -> None:
    async with narrow.unit_of_work():
        waiting = asyncio.create_task(count(narrow))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert await count(narrow) == 0


async def lost(narrow: Database, end: Callable[[int], sa.Executable]) -> None:
    """The server ends the process of the narrow database's connection."""
    async with narrow.unit_of_work() as work:
        (process,) = (await work.rows(PROCESS))[0]
    other = open_database(narrow.url)
    async with other.unit_of_work() as work:
        await work.session.execute(end(process))
    await other.close()


@pytest.mark.parametrize("copied", ["postgres"], indirect=True)
async def test_a_connection_that_the_server_closed_is_noticed(narrow: Database) -> None:
    for joined in (False, True):
        await lost(narrow, lambda process: sa.select(sa.func.pg_terminate_backend(process)))
        await asyncio.sleep(0.1)
        async with narrow.unit_of_work() as work:
            await put(work, "after")
            if joined:
                await work.session.execute(sa.text("SELECT 1"))
    assert await count(narrow) == 2


@pytest.mark.parametrize("copied", ["postgres"], indirect=True)
@pytest.mark.parametrize("way", ["driver", "session"])
async def test_lost_at_work_it_is_unavailable(narrow: Database, way: str) -> None:
    end = sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid()))

    async def act() -> None:
        async with narrow.unit_of_work() as work:
            await put(work, "lost")
            await (work.rows(Statement(end)) if way == "driver" else work.session.execute(end))

    with pytest.raises(Unavailable):
        await act()
    assert await count(narrow) == 0
