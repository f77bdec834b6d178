"""How many transactions the points ledger takes a second: `python -m benchmarks.points [--rounds 5000]`.

Each database is a new one in a temporary folder; PostgreSQL is the one that the tests start (fsync off, as is
its synchronous commit). The figures are of one process that does one unit of work after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

import plugins.points
from benchmarks.install import databases
from core.clock import SystemClock
from core.customers.choices import Collection, CustomerKind
from core.customers.choices import Source as Origin
from core.customers.models import Customer
from core.db.database import Database
from core.db.migrate import CORE, Owner, migrate
from core.db.sealing import development_sealer
from core.ids import RandomIds
from core.runtime import operator
from plugins.points.ledger.service import Earning, Ledger, Source
from plugins.points.ledger.verify import verify

POINTS = Owner("points", Path(plugins.points.__file__).parent / "migrations")
PURCHASE, GIFT = Source("purchase"), Source("reward")
CUSTOMERS = 1_000
SYSTEM = operator()
Round = Callable[[Ledger, Sequence[int]], Awaitable[object]]


class Bench:
    """One database, its customers, and the acts that are measured."""

    def __init__(self, database: Database) -> None:
        self.database, self.customers = database, [database.ids.new() for _ in range(CUSTOMERS)]

    async def prepare(self) -> None:
        """Migrate, and enter the customers."""
        await migrate(self.database, (CORE, POINTS))
        async with self.database.unit_of_work() as work:
            now = work.clock.now()
            rows = [self._customer(key, place, now) for place, key in enumerate(self.customers)]
            await work.session.execute(sa.insert(Customer.__table__), rows)  # type: ignore[arg-type]

    @staticmethod
    def _customer(key: UUID, place: int, now: object) -> dict[str, object]:
        return {
            "id": key,
            "kind": CustomerKind.PERSON,
            "name": str(place),
            "number": str(place),
            "source": Origin.WEB,
            "collected_by": Collection.IMPORT,
            "spend_currency": "CNY",
            "created_at": now,
            "updated_at": now,
        }

    def of(self, number: int) -> UUID:
        """The customer of a round."""
        return self.customers[number * 7 % CUSTOMERS]

    async def earn(self, ledger: Ledger, numbers: Sequence[int]) -> None:
        """Earnings, in one batch."""
        await ledger.earn_many([Earning(self.of(n), 100, PURCHASE, f"p{n}") for n in numbers])

    async def redeem(self, ledger: Ledger, numbers: Sequence[int]) -> None:
        """Redemptions, one after the other."""
        for n in numbers:
            await ledger.redeem(self.of(n), 30, GIFT, f"r{n}")

    async def again(self, ledger: Ledger, numbers: Sequence[int]) -> None:
        """Earnings that were told before."""
        await self.earn(ledger, numbers)

    async def rate(self, act: Round, batch: int, numbers: range) -> float:
        """Transactions a second."""
        start = time.perf_counter()
        for first in range(numbers.start, numbers.stop, batch):
            async with self.database.unit_of_work() as work:
                await act(Ledger(work, SYSTEM), range(first, min(first + batch, numbers.stop)))
        return len(numbers) / (time.perf_counter() - start)


async def measure(url: str, rounds: int) -> list[tuple[str, float]]:
    """What is measured, and transactions a second."""
    opened = Database(url, clock=SystemClock(), ids=RandomIds(), sealer=development_sealer(), timeout=60)
    bench = Bench(opened)
    await bench.prepare()
    few = max(rounds // 10, 1)
    parts = (
        ("earn, one in a unit of work", bench.earn, 1, range(few)),
        ("earn, 100 in a unit of work", bench.earn, 100, range(few, few + rounds)),
        ("earn, 500 in a unit of work", bench.earn, 500, range(few + rounds, few + 2 * rounds)),
        ("told again, 100 in a unit of work", bench.again, 100, range(few, few + rounds)),
        ("redeem, one in a unit of work", bench.redeem, 1, range(few)),
    )
    found = [(name, await bench.rate(act, batch, numbers)) for name, act, batch, numbers in parts]
    start = time.perf_counter()
    async with opened.unit_of_work() as work:
        wrong = await verify(work)
    if wrong:
        raise SystemExit(f"the books are wrong: {wrong[:3]}")
    found.append(("verified", (2 * few + 2 * rounds) / (time.perf_counter() - start)))
    await opened.close()
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5_000)
    rounds = parser.parse_args().rounds
    with databases() as there:
        columns = [(name, asyncio.run(measure(url, rounds))) for name, url in there.items()]
    print("| transactions a second | " + " | ".join(name for name, _ in columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for place, (name, _) in enumerate(columns[0][1]):
        print(f"| {name} | " + " | ".join(f"{found[place][1]:,.0f}" for _, found in columns) + " |")


if __name__ == "__main__":
    main()
