"""What the audit costs a read (ACC-3: at most 10 %): `python -m benchmarks.audit`.

Two applications in one process over the same PostgreSQL take turns: one that notes which sensitive fields
of which customers it shows, and writes that down every half second, and one that knows no sensitive field.
Requests come at a steady rate, as from people, each for another page or customer; what is compared is how
long one takes. Then both are asked as fast as they answer: what writing down costs the machine, which is
another matter. Ratios are medians over the rounds; sign-in and HTTP, which would only dilute them, are left
out.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks.bench import Bench
from benchmarks.install import WORK, database
from benchmarks.load import load
from core.audit.service import Audit, auditing
from schema.compiler.readings import Readings

CUSTOMERS, ROUNDS, SECONDS, RATE, HANDS = 5_000, 8, 1.0, 50, 8
NAMES = ("Q1", "Q1c", "Q2", "Q2c", "Q3")


async def latencies(bench: Bench, name: str, role: str) -> list[float]:
    """Seconds that each request takes, so many a second."""
    times: list[float] = []

    async def one(number: int) -> None:
        await asyncio.sleep(number / RATE)
        started = time.perf_counter()
        await bench.ask(name, role, number)
        times.append(time.perf_counter() - started)

    await asyncio.gather(*(one(number) for number in range(int(RATE * SECONDS))))
    return sorted(times)


async def throughput(bench: Bench, name: str, role: str) -> float:
    """Answers a second to so many who ask one request after the other."""
    ends, count = time.perf_counter() + SECONDS, 0

    async def hand(number: int) -> None:
        nonlocal count
        while time.perf_counter() < ends:
            number += HANDS
            await bench.ask(name, role, number)
            count += 1

    await asyncio.gather(*(hand(number) for number in range(HANDS)))
    return count / SECONDS


async def measure(watched: Bench, plain: Bench, name: str, role: str) -> None:
    """Print the ratios of one query; what was noted is written within the round that noted it."""
    typical, slow, fast = [], [], []
    audit = watched.app.database.services[Audit]
    found: dict[Bench, tuple[list[float], float]] = {}
    for number in range(ROUNDS):
        # Whoever comes second finds warmer or busier processors.
        for bench in (watched, plain) if number % 2 else (plain, watched):
            async with auditing(audit):
                found[bench] = await latencies(bench, name, role), await throughput(bench, name, role)
        (on, many), (off, more) = found[watched], found[plain]
        typical.append(statistics.median(on) / statistics.median(off))
        slow.append(on[int(len(on) * 0.95)] / off[int(len(off) * 0.95)])
        fast.append(many / more)
    middle = [statistics.median(ratios) for ratios in (typical, slow, fast)]
    print(
        f"{name} {role}: takes {middle[0]:.2f} times as long (target 1.10), p95 {middle[1]:.2f};"
        f" throughput {middle[2]:.2f}",
        flush=True,
    )


async def run() -> None:
    """Print all."""
    with database(WORK) as url:
        await load(url, CUSTOMERS)
        watched, plain = Bench(url), Bench(url)
        await watched.open()
        await plain.open()
        plain.engine.audit = None
        sensitive = Readings._sensitive  # noqa: SLF001
        for role in ("leader", "account_manager"):
            for name in NAMES:
                Readings._sensitive = lambda *_: False  # type: ignore[method-assign]  # noqa: SLF001
                await plain.ask(name, role)  # compiled without marks, and kept
                Readings._sensitive = sensitive  # type: ignore[method-assign]  # noqa: SLF001
                await measure(watched, plain, name, role)
        await watched.app.database.close()
        await plain.app.database.close()


if __name__ == "__main__":
    asyncio.run(run())
