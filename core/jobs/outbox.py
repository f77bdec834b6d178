"""Writing into the outbox, in the transaction of what causes the work; and the bell that wakes workers."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from core.db.statements import Statement
from core.db.work import UnitOfWork
from core.jobs.declare import Job, Payload
from core.jobs.models import OUTBOX

TOGETHER = 100
"""Most rows of one INSERT."""
JOB_VERSION = 1


class Bell:
    """Wakes the workers of this process: another process asks the database every second."""

    def __init__(self) -> None:
        """Silent at first. `count`: how often it rang; `listeners` are told of each ring, and of news."""
        self.count = 0
        self._next = asyncio.Event()
        self.listeners: list[Callable[[], None]] = []

    def ring(self) -> None:
        """There may be work now."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()
        self.tell()

    def tell(self) -> None:
        """There is news, of which nobody has to make work."""
        for listener in self.listeners:
            listener()

    async def wait(self, heard: int, seconds: float) -> None:
        """Until it has rung more often than was `heard`, or so long."""
        if self.count == heard:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._next.wait()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written: something for a handler to do, or with no handler an event for those who listen."""

    name: str
    version: int
    handler: str | None
    payload: Payload


async def write(work: UnitOfWork, entries: Sequence[Entry], due: dt.datetime | None = None) -> None:
    """Write entries, one INSERT for up to 100. They are due when the unit has committed, not before `due`."""
    now = work.clock.now()
    for start in range(0, len(entries), TOGETHER):
        part = entries[start : start + TOGETHER]
        values: dict[str, Any] = {"now": now, "due": due or now}
        for i, one in enumerate(part):
            values[f"id_{i}"] = work.ids.new()
            values[f"name_{i}"], values[f"version_{i}"] = one.name, one.version
            values[f"handler_{i}"], values[f"payload_{i}"] = one.handler, one.payload
        await work.later(_insert(len(part)), values)
    wake(work, due=any(one.handler is not None for one in entries))


def wake(work: UnitOfWork, *, due: bool = True) -> None:
    """Ring this process's bell, where it has one, after the commit; with nothing due, tell the news only."""
    bell = work.services.get(Bell)
    if bell is None:
        return
    act = bell.ring if due else bell.tell
    if act not in work.after_commit:
        work.after_commit.append(act)


@cache
def _insert(rows: int) -> Statement:
    own = [OUTBOX.c[name] for name in ("id", "name", "version", "handler", "payload")]
    now, due = (sa.bindparam(name, type_=OUTBOX.c.at.type) for name in ("now", "due"))
    shared = {"at": now, "due_at": due, "attempts": sa.literal_column("0")}
    values = [
        {c.name: sa.bindparam(f"{c.name}_{i}", type_=c.type) for c in own} | shared for i in range(rows)
    ]
    return Statement(sa.insert(OUTBOX).values(values))


async def enqueue(
    work: UnitOfWork, job: Job | str, payload: Payload | None = None, at: dt.datetime | None = None
) -> None:
    """Have a job run when this transaction has committed, not before `at`.

    `payload`: JSON, nothing sensitive. A job that nobody declares waits until somebody does.
    """
    name = job.name if isinstance(job, Job) else job
    await write(work, [Entry(name, JOB_VERSION, name, payload or {})], at)
