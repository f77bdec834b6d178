"""Taking rows out of the outbox.

They are deleted first, and acted upon in the same transaction: the lock of the deleted row is the whole
lease. Whoever dies lets go of it, and the row is there again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from core.db.asking import ask, key
from core.db.database import Database, UnitOfWork
from core.db.statements import Statement
from core.db.types import Key, Text, UtcTime
from core.jobs.models import OUTBOX
from core.jobs.tasks import Row, Task

o = OUTBOX.c
NOW: sa.ColumnElement[Any] = sa.bindparam("now", type_=UtcTime())
MOST_ATTEMPTS = 12
LONGEST_WAIT = 3600.0
"""Seconds before the last attempt; the first wait takes one."""


def _take(*more: sa.ColumnElement[bool]) -> Statement:
    handler, version = sa.bindparam("task", type_=Text), sa.bindparam("known", type_=sa.Integer())
    chosen = (
        sa.select(o.id)
        .where(o.handler == handler, o.version <= version, o.failed_at.is_(None), o.due_at <= NOW, *more)
        .order_by(o.due_at, o.id)
        .limit(sa.bindparam("batch", type_=sa.Integer()))
        .with_for_update(skip_locked=True)  # SQLite has one writer, and no such words
        .cte("chosen")
    )
    return Statement(
        sa.delete(OUTBOX)
        .where(o.id.in_(sa.select(chosen.c.id)))
        .returning(o.id, o.name, o.version, o.payload, o.at, o.attempts, o.due_at)
    )


TAKE = _take()
TAKE_ONE = _take(o.id == sa.bindparam("only", type_=Key()))
FAIL = Statement(
    sa.update(OUTBOX)
    .where(
        o.id == sa.bindparam("failed", type_=Key()), o.attempts == sa.bindparam("before", type_=sa.Integer())
    )
    .values(
        attempts=o.attempts + 1,
        due_at=sa.bindparam("due", type_=UtcTime()),
        failed_at=sa.bindparam("given_up", type_=UtcTime()),
        error=sa.bindparam("said", type_=Text),
    )
)


async def take(work: UnitOfWork, task: Task, only: UUID | None = None) -> list[Row]:
    """Up to a batch of rows that are due, or that one; nobody else has them, and they go with the commit."""
    values = {"task": task.name, "known": task.version, "now": work.clock.now(), "batch": task.batch}
    found = await work.rows(TAKE if only is None else TAKE_ONE, {**values, "only": only})
    ordered = sorted(found, key=lambda row: (row[6], row[0]))
    return [read(row, work.writer.dialect) for row in ordered]


def read(row: Sequence[Any], dialect: Dialect) -> Row:
    """A row as either driver gives it."""
    return Row(key(row[0]), row[1], row[2], orjson.loads(row[3]), moment(row[4], dialect), row[5])


def moment(value: Any, dialect: Dialect) -> dt.datetime:
    """A time as either driver gives it."""
    found = UtcTime().process_result_value(value, dialect)
    assert found is not None  # noqa: S101  # of columns that are never null
    return found


async def fail(work: UnitOfWork, row: Row, said: str, wait: dt.timedelta) -> bool:
    """Note that a row failed: it comes again after `wait`, or is given up. Whether it was given up."""
    now, last = work.clock.now(), row.attempts + 1 >= MOST_ATTEMPTS
    values = {"failed": row.id, "before": row.attempts, "due": now + wait, "said": said}
    await work.rows(FAIL, {**values, "given_up": now if last else None})
    return last


def wait_after(attempts: int, chance: float) -> dt.timedelta:
    """How long to wait after so many failures: a second to an hour, a fifth more or less by chance."""
    seconds = LONGEST_WAIT ** (min(attempts - 1, MOST_ATTEMPTS - 2) / (MOST_ATTEMPTS - 2))
    return dt.timedelta(seconds=seconds * (0.8 + 0.4 * chance))


@dataclass(frozen=True, slots=True)
class Due:
    """Asks which tasks have something to do, without a lock."""

    tasks: Sequence[Task]
    statement: Statement

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> Due:
        """For these tasks."""
        waiting = (
            sa.exists(
                sa.select(sa.literal_column("1")).where(
                    o.handler == sa.bindparam(f"task_{i}", task.name, type_=Text),
                    o.version <= sa.bindparam(f"known_{i}", task.version, type_=sa.Integer()),
                    o.failed_at.is_(None),
                    o.due_at <= NOW,
                )
            ).label(f"due_{i}")
            for i, task in enumerate(tasks)
        )
        return cls(tasks, Statement(sa.select(*waiting)))

    async def ask(self, database: Database) -> list[Task]:
        """The tasks that have rows that are due."""
        if not self.tasks:
            return []
        [found] = await ask(database, self.statement, {"now": database.clock.now()})
        return [task for task, due in zip(self.tasks, found, strict=True) if due]
