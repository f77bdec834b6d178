"""Events, jobs and workers of straw. What is done leaves a department: its name tells what."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.clock import SystemClock
from core.db.database import Database
from core.db.sealing import development_sealer
from core.db.statements import Statement
from core.events.declare import Event, Handler
from core.events.publish import publish
from core.events.registry import Events
from core.ids import RandomIds
from core.jobs.declare import Context, Job
from core.jobs.models import OUTBOX
from core.jobs.schedules import Schedules
from core.jobs.tasks import Jobs
from core.jobs.worker import Worker
from core.organization.choices import DepartmentKind
from core.organization.models import Department
from tests.core.world import catalogue

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEPARTMENTS: sa.Table = Department.__table__  # type: ignore[assignment]
PUT = Statement(sa.insert(DEPARTMENTS))
ROWS = Statement(sa.select(OUTBOX.c.handler, OUTBOX.c.attempts, OUTBOX.c.error).order_by(OUTBOX.c.id))
DONE = Statement(sa.select(DEPARTMENTS.c.name))


class Wished(Event, name="straw.wished", version=2):
    """Somebody wished for something."""

    number: int
    who: UUID | None = None

    @classmethod
    def upgrade(cls, version: int, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Version 1 called it `count`."""
        assert version == 1
        return {"number": payload["count"]}


class Granted(Event, name="straw.granted", version=1):
    """A wish was granted."""

    number: int


async def leave(context: Context, name: str) -> None:
    """An effect in the database."""
    values: dict[str, Any] = dict.fromkeys(DEPARTMENTS.c.keys())
    now = context.work.clock.now()
    values |= {"id": context.work.ids.new(), "name": name, "kind": DepartmentKind.SALES, "created_at": now}
    await context.work.rows(PUT, values)


async def done(database: Database) -> Counter[str]:
    """What was done, and how often."""
    async with database.unit_of_work() as work:
        return Counter(row[0] for row in await work.rows(DONE))


async def rows(database: Database) -> list[tuple[Any, ...]]:
    """Handler, attempts and error of what lies in the outbox."""
    async with database.unit_of_work() as work:
        return [tuple(row) for row in await work.rows(ROWS)]


def leaving(prefix: str) -> Callable[[Context, Sequence[Any]], Awaitable[None]]:
    """A handler that leaves the numbers of events."""

    async def handle(context: Context, events: Sequence[Any]) -> None:
        for event in events:
            await leave(context, f"{prefix}{event.number}")

    return handle


def staff(
    database: Database, handlers: Sequence[Handler[Any]] = (), jobs: Sequence[Job] = (), **options: Any
) -> Worker:
    """A worker of this database, with what is declared registered in it."""
    events, declared = Events((Wished, Granted), handlers), Jobs(jobs)
    for one in (events, declared):
        database.services.add(one)
    schedules = Schedules(database, jobs, SHANGHAI)
    return Worker(
        database, [*declared.tasks(), *events.tasks()], schedules, catalogue(), chance=lambda: 0.5, **options
    )


async def wish(database: Database, *numbers: int) -> None:
    """Publish in one transaction."""
    async with database.unit_of_work() as work:
        await publish(work, *(Wished(number=number) for number in numbers))


async def until_done(database: Database) -> None:
    """Wait until something was done; TimeoutError after five seconds."""
    async with asyncio.timeout(5):
        while not await done(database):  # noqa: ASYNC110  # it is another task's transaction that tells
            await asyncio.sleep(0.01)


def own_database(url: str) -> Database:
    """Another one of the same address, with the machine's clock, as another process has it."""
    return Database(url, clock=SystemClock(), ids=RandomIds(), sealer=development_sealer())


async def main(worked: Callable[[], None], url: str) -> None:
    """In a process of its own, until it is ended: work slowly, and say when a batch is done."""

    async def slowly(context: Context, events: Sequence[Wished]) -> None:
        for event in events:
            await leave(context, f"w{event.number}")
            await asyncio.sleep(0.002)
        worked()

    await staff(own_database(url), [Handler("straw.slow", Wished, slowly, batch=20)]).run()
