"""Many at once, and killed in the middle: nothing is lost, doubled or overdrawn (PTS-2, PRM-9)."""

import asyncio
import signal
from uuid import UUID

import sqlalchemy as sa

from core.db.database import Database
from core.ids import RandomIds
from plugins.points.errors import InsufficientPoints
from plugins.points.ledger.models import PointsTransaction
from plugins.points.ledger.service import Earning
from plugins.points.ledger.verify import verify
from tests.core.world import World
from tests.databases import open_database
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, figures, ledger_of
from tests.plugins.points.ledger.worker import work
from tests.processes import start

TIMES = 60


def many(address: str) -> list[Database]:
    """Three processes' worth of connections, whose keys never meet."""
    opened = [open_database(address) for _ in range(3)]
    for one in opened:
        one.ids = RandomIds()
    return opened


async def redeem(database: Database, customer: UUID, points: int, key: str) -> bool:
    try:
        async with ledger_of(database) as ledger:
            await ledger.redeem(customer, points, GIFT, key)
    except InsufficientPoints:
        return False
    return True


async def test_many_redeem_and_none_overdraws(world: World, address: str) -> None:
    wang = world.customers["wang"]
    async with ledger_of(world.database) as ledger:
        for part in range(10):
            await ledger.earn(wang, 10, PURCHASE, f"p{part}")
    others = many(address)
    done = await asyncio.gather(*(redeem(others[n % 3], wang, 7, f"r{n}") for n in range(30)))
    assert done.count(True) == 14
    assert await figures(world.database, wang) == (2, 0, 0)
    same = await asyncio.gather(*(redeem(others[n % 3], wang, 1, "once") for n in range(9)))
    assert all(same)
    assert await figures(world.database, wang) == (1, 0, 0)
    for other in others:
        await other.close()
    async with world.database.unit_of_work() as unit:
        assert await verify(unit) == []


async def test_many_earn_for_the_same_members(world: World, address: str) -> None:
    """Accounts are opened and held in one order: batches that overlap don't wait for each other for ever."""
    others = many(address)

    async def earn(number: int) -> None:
        order = list(world.customers.values())
        order = order[number % 3 :] + order[: number % 3]
        async with ledger_of(others[number % 3]) as ledger:
            await ledger.earn_many([Earning(c, 1, PURCHASE, f"{number}.{c.hex}") for c in order])

    await asyncio.gather(*map(earn, range(30)))
    for other in others:
        await other.close()
    for customer in world.customers.values():
        assert await figures(world.database, customer) == (30, 0, 0)


async def test_killed_in_the_middle(world: World, address: str) -> None:
    """Started again with the same keys until all is done; every time but the last it is killed."""
    wang = world.customers["wang"]
    for stop in (7, 30, None):
        process, done = start(work, address, wang, TIMES), 0
        while done != stop and await process.works():
            done += 1
        assert await process.end(killed=stop is not None) == (0 if stop is None else -signal.SIGKILL)
    assert await figures(world.database, wang) == (TIMES * 3, 0, 0)
    async with world.database.unit_of_work() as unit:
        count = sa.select(sa.func.count()).select_from(PointsTransaction)
        assert await unit.session.scalar(count) == TIMES * 2
        assert await verify(unit) == []
