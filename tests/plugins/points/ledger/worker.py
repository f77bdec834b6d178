"""What a process does that is killed: it earns and redeems by keys, each in a unit of work of its own."""

from collections.abc import Callable
from uuid import UUID

from core.ids import RandomIds
from tests.databases import open_database
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, ledger_of


async def work(done: Callable[[], None], address: str, customer: UUID, times: int) -> None:
    """So many times; says when one is done."""
    database = open_database(address)
    database.ids = RandomIds()
    for time in range(times):
        async with ledger_of(database) as ledger:
            await ledger.earn(customer, 5, PURCHASE, f"p{time}")
            await ledger.redeem(customer, 2, GIFT, f"r{time}")
        done()
    await database.close()
