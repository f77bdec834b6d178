"""A process that earns and redeems by keys, each in a unit of work of its own, and says when one is done."""

import asyncio
import sys
from uuid import UUID

from core.ids import RandomIds
from tests.databases import open_database
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, ledger_of


async def work(address: str, customer: UUID, times: int) -> None:
    database = open_database(address)
    database.ids = RandomIds()
    for time in range(times):
        async with ledger_of(database) as ledger:
            await ledger.earn(customer, 5, PURCHASE, f"p{time}")
            await ledger.redeem(customer, 2, GIFT, f"r{time}")
        sys.stdout.write(f"{time}\n")
        sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], UUID(hex=sys.argv[2]), int(sys.argv[3])))
