"""What workers do: tasks, each of which takes the rows of the outbox that bear its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.errors import ConfigurationError
from core.jobs.declare import Context, Job, Payload
from core.jobs.names import TWICE
from core.jobs.outbox import JOB_VERSION, enqueue


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox that was taken."""

    id: UUID
    name: str
    version: int
    payload: Payload
    at: dt.datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Task:
    """Acts upon up to `batch` rows in a transaction of `seconds`; rows of a later `version` wait."""

    name: str
    owner: str
    version: int
    batch: int
    seconds: float
    act: Callable[[Context, Sequence[Row]], Awaitable[None]]


class Jobs:
    """All jobs of an application."""

    def __init__(self, declared: Iterable[Job]) -> None:
        """ConfigurationError, naming both owners, where two have one name."""
        self.declared = tuple(declared)
        unique((job.name, job.owner) for job in self.declared)

    def tasks(self) -> list[Task]:
        """A task for each."""
        return [_task(job) for job in self.declared]


def unique(named: Iterable[tuple[str, str]]) -> None:
    """ConfigurationError where a name comes twice; pairs of name and owner."""
    known: dict[str, str] = {}
    for name, owner in named:
        if name in known:
            raise ConfigurationError(name, TWICE, one=known[name], other=owner)
        known[name] = owner


def _task(job: Job) -> Task:
    async def act(context: Context, rows: Sequence[Row]) -> None:
        for row in rows:
            more = await job.run(context, row.payload)
            if more is not None:
                await enqueue(context.work, job, more)

    return Task(job.name, job.owner, JOB_VERSION, 1, job.seconds, act)
