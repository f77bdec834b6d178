"""Jobs that come by the clock: one tick across processes, and one for all that were missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.db.asking import ask
from core.db.database import Database
from core.db.statements import Statement
from core.db.types import Text, UtcTime
from core.jobs.cron import after
from core.jobs.declare import Job
from core.jobs.models import OUTBOX, SCHEDULES
from core.jobs.outbox import JOB_VERSION, wake
from core.jobs.taking import moment

s, o = SCHEDULES.c, OUTBOX.c
KNOWN = Statement(sa.select(s.name, s.every, s.next_at))


def _set(insert: Any) -> Statement:
    made = insert(SCHEDULES)
    changed = {"every": made.excluded.every, "next_at": made.excluded.next_at}
    return Statement(made.on_conflict_do_update(index_elements=["name"], set_=changed))


SET = {"postgresql": _set(postgresql.insert), "sqlite": _set(sqlite.insert)}
CLAIM = Statement(
    sa.update(SCHEDULES)
    .where(s.name == sa.bindparam("job", type_=Text), s.next_at == sa.bindparam("seen", type_=UtcTime()))
    .values(next_at=sa.bindparam("next", type_=UtcTime()))
    .returning(s.name)
)


def _tick() -> Statement:
    """A row for the job, unless its last tick is still waiting, at work or to be tried again."""
    job, now = sa.bindparam("job", type_=Text), sa.bindparam("now", type_=UtcTime())
    last = sa.exists().where(o.handler == job, o.failed_at.is_(None), sa.or_(o.due_at <= now, o.attempts > 0))
    values: dict[str, Any] = {
        "id": sa.bindparam("new", type_=o.id.type),
        "name": job,
        "version": sa.literal_column(str(JOB_VERSION)),
        "handler": job,
        "payload": sa.literal_column("'{}'"),
        "at": now,
        "due_at": now,
        "attempts": sa.literal_column("0"),
    }
    chosen = sa.select(*values.values()).where(~last)
    return Statement(sa.insert(OUTBOX).from_select(list(values), chosen, include_defaults=False))


TICK = _tick()


class Schedules:
    """When jobs come by the clock, in the company's time zone."""

    def __init__(self, database: Database, jobs: Sequence[Job], zone: ZoneInfo) -> None:
        """Of `jobs`, those that have a cron expression."""
        self._database, self._zone = database, zone
        self._every = {job.name: job.every for job in jobs if job.every is not None}
        self._next: dt.datetime | None = None

    async def tick(self) -> None:
        """Ask for what is due by now; what comes first is remembered, so most times nothing is asked."""
        now = self._database.clock.now()
        if not self._every or (self._next is not None and now < self._next):
            return
        dialect = self._database.engine.dialect
        known = {name: (every, moment(at, dialect)) for name, every, at in await ask(self._database, KNOWN)}
        coming = []
        for name, every in self._every.items():
            seen = known.get(name)
            if seen is None or seen[0] != every:
                coming.append(await self._begin(name, every, now))
            elif seen[1] <= now:
                coming.append(await self._fire(name, every, seen[1], now))
            else:
                coming.append(seen[1])
        self._next = min(coming)

    async def _begin(self, name: str, every: str, now: dt.datetime) -> dt.datetime:
        coming = after(every, now, self._zone)
        async with self._database.unit_of_work() as work:
            await work.rows(SET[work.dialect], {"name": name, "every": every, "next_at": coming})
        return coming

    async def _fire(self, name: str, every: str, seen: dt.datetime, now: dt.datetime) -> dt.datetime:
        coming = after(every, now, self._zone)
        async with self._database.unit_of_work() as work:
            if await work.rows(CLAIM, {"job": name, "seen": seen, "next": coming}):
                await work.rows(TICK, {"job": name, "now": now, "new": work.ids.new()})
                wake(work)
        return coming
