"""A change among 10,000 rules: how long it takes, how long others wait, what the next request costs.

`.venv/bin/python -m benchmarks.policy_changes`; about two minutes. Each act is done a few times; the best.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from benchmarks.install import databases
from benchmarks.load import load, settings_for
from benchmarks.policies import SIZES, policy
from benchmarks.rows import LEADER
from core.access.files import read_policy
from core.access.plan import AccessPlan
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.approvals.choices import Decision
from core.cli.token import holder_of
from core.identity.tokens import sign_development_token
from core.policies.keeper import PolicyKeeper
from core.policies.service import PolicyService
from core.runtime import operator
from schema.application import Application, build, vocabulary
from schema.http.protocol import GraphQLRequest

TIMES, CUSTOMERS, TICK = 5, 500, 0.001
LINE = "p, legal, class:contact, show, all, allow"
QUERY = GraphQLRequest("{ customers(first: 10) { nodes { id name phone owner { name } } } }")


@dataclass
class Taken:
    """Milliseconds: of the act, and of the longest time in which nobody else had a turn."""

    act: float = float("inf")
    stall: float = float("inf")

    def least(self, act: float, stall: float) -> None:
        """Keep the better one of each."""
        self.act, self.stall = min(self.act, act), min(self.stall, stall)


class Bench:
    """One application with its policies, and a second process's keeper beside it."""

    def __init__(self, app: Application, made: Policy, token: bytes) -> None:
        self.app, self.made, self.token = app, made, token
        self.other = PolicyKeeper(app.database, replace_of(app), app.keeper.words)
        self.taken: dict[str, Taken] = {}

    async def timed(self, name: str, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do it, while a task asks for its turn every millisecond."""
        worst, running = 0.0, True

        async def tick() -> None:
            nonlocal worst
            last = time.perf_counter()
            while running:
                await asyncio.sleep(TICK)
                now = time.perf_counter()
                worst, last = max(worst, now - last - TICK), now

        task = asyncio.create_task(tick())
        await asyncio.sleep(0.01)
        worst, started = 0.0, time.perf_counter()
        found = await act()
        took, running = time.perf_counter() - started, False
        await task
        self.taken.setdefault(name, Taken()).least(took * 1e3, worst * 1e3)
        return found

    @asynccontextmanager
    async def acting(self, viewer: Viewer) -> AsyncIterator[PolicyService]:
        """The service in a transaction of its own."""
        async with self.app.database.unit_of_work() as work:
            yield PolicyService(work, viewer, self.app.keeper)

    def operator(self) -> Viewer:
        """Whoever runs the machine, with the application's catalogue."""
        return replace(operator(), plan=AccessPlan(self.app.catalogue, (), unrestricted=True))

    async def ask(self) -> None:
        """A signed-in request of a leader."""
        viewer = await self.app.sign_in(b"Bearer " + self.token, "en")
        answer = await self.app.execution(QUERY, viewer)
        assert answer.status == 200, answer.body  # noqa: S101, PLR2004

    async def replace(self) -> None:
        """Put all lines in force."""
        async with self.acting(self.operator()) as service:
            await service.replace(self.made, "all of it")

    async def propose(self) -> UUID:
        """Propose a line."""
        async with self.acting(self.operator()) as service:
            change = await service.propose("one line", [LINE], [])
        key: UUID = change.id
        return key

    async def apply(self, key: UUID) -> None:
        """Put it in force."""
        async with self.acting(self.operator()) as service:
            await service.apply(key)

    async def roll_back(self) -> None:
        """Go one step back."""
        async with self.acting(self.operator()) as service:
            await service.roll_back("one step")

    async def run(self) -> None:
        """Everything, a few times."""
        await self.timed("put all 10,000 in force", self.replace)
        for _ in range(TIMES):
            await self.timed("load them in another process", self._elsewhere)
            key = await self.timed("propose one line", self.propose)
            leader = await self.app.sign_in(b"Bearer " + self.token, "en")
            async with self.acting(leader) as service:
                await service.decide(key, Decision.APPROVED)
            await self.timed("apply it: in force here", lambda: self.apply(key))  # noqa: B023
            await self.timed("the first request after it", self.ask)
            await self.timed("a later one", self.ask)
            await self.timed("roll back one step", self.roll_back)

    async def _elsewhere(self) -> None:
        self.other = PolicyKeeper(self.app.database, replace_of(self.app), self.app.keeper.words)
        await self.other.load()


def replace_of(app: Application) -> Any:
    """Policies of another process: the folder's at first."""
    return type(app.policies)(read_policy(app.settings.policies))


async def measure(url: str) -> dict[str, Taken]:
    """All acts on one database."""
    await load(url, CUSTOMERS)
    app = build(settings_for(url))
    await app.keeper.start()
    shipped = read_policy(app.settings.policies)
    drawn = policy(vocabulary(app.catalogue), SIZES[-1] - len(shipped.rules))
    made = Policy(
        tuple({*shipped.rules, *drawn.rules}),
        {**drawn.roles, **shipped.roles},
        {**drawn.inherits, **shipped.inherits},
        shipped.model,
    )
    holder = await holder_of(app.database, "leader", LEADER)
    assert holder  # noqa: S101 the rows have one
    token = sign_development_token(app.settings, app.database.clock, holder.subject, "leader").encode()
    bench = Bench(app, made, token)
    try:
        await bench.run()
    finally:
        await app.database.close()
    return bench.taken


async def _run(there: Mapping[str, str]) -> None:
    found = {name: await measure(url) for name, url in there.items()}
    print("| act, in ms (longest wait of others) | SQLite | PostgreSQL |\n| --- | --- | --- |")
    for name in found["SQLite"]:
        figures = (found[where][name] for where in found)
        print(f"| {name} | {' | '.join(f'{one.act:.1f} ({one.stall:.1f})' for one in figures)} |")


def main() -> None:
    """Print the table."""
    with databases() as there:
        asyncio.run(_run(there))


if __name__ == "__main__":
    main()
