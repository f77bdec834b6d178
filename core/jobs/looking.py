"""What lies in the outbox, for whoever runs the product; and another try for what was given up."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.asking import ask
from core.db.database import Database, UnitOfWork
from core.db.statements import Statement
from core.db.types import Key, UtcTime
from core.jobs.models import OUTBOX
from core.jobs.outbox import wake
from core.jobs.taking import moment, read
from core.jobs.tasks import Row, Task
from core.text import Text

MOST = 100
"""Most rows that are shown."""
SHOWN = ("id", "name", "version", "payload", "at", "attempts", "handler", "due_at", "failed_at", "error")
o = OUTBOX.c


class State(enum.Enum):
    """Why a row still lies there."""

    DUE = Text("due", "待处理")
    LATER = Text("later", "尚未到时")
    FAILED = Text("given up", "已放弃")
    UNKNOWN = Text("nobody here does this; is a plugin switched off?", "无人处理；插件是否已停用？")
    NEWER = Text("of a newer version than this process knows", "版本高于本进程所知")


@dataclass(frozen=True, slots=True)
class Lying:
    """A row that lies in the outbox."""

    row: Row
    task: str
    state: State
    error: str | None


async def look(database: Database, known: Iterable[Task], *, failed: bool) -> tuple[list[Lying], int]:
    """The oldest rows that wait, or that were given up, and how many more there are. `known`: done here."""
    tasks = {task.name: task for task in known}
    chosen = o.failed_at.is_not(None) if failed else o.handler.is_not(None)
    columns = [o[name] for name in SHOWN]
    rows = await ask(database, sa.select(*columns).where(chosen).order_by(o.id).limit(MOST))
    [[count]] = await ask(database, sa.select(sa.func.count()).select_from(OUTBOX).where(chosen))
    return [_lying(database, tasks, row) for row in rows], count - len(rows)


def _lying(database: Database, tasks: Mapping[str, Task], raw: Any) -> Lying:
    dialect = database.engine.dialect
    row, (name, due, failed, error) = read(raw, dialect), raw[6:]
    task = tasks.get(name)
    if failed is not None:
        state = State.FAILED
    elif task is None:
        state = State.UNKNOWN
    elif row.version > task.version:
        state = State.NEWER
    else:
        state = State.DUE if moment(due, dialect) <= database.clock.now() else State.LATER
    return Lying(row, name, state, error)


def _again(*more: sa.ColumnElement[bool]) -> Statement:
    now = sa.bindparam("now", type_=UtcTime())
    return Statement(
        sa.update(OUTBOX)
        .where(o.failed_at.is_not(None), *more)
        .values(failed_at=sa.null(), attempts=sa.literal_column("0"), due_at=now)
        .returning(o.id)
    )


AGAIN, ONE_AGAIN = _again(), _again(o.id == sa.bindparam("only", type_=Key()))


async def retry(work: UnitOfWork, only: UUID | None = None) -> int:
    """Try again all that were given up, or that one. How many there were."""
    statement = AGAIN if only is None else ONE_AGAIN
    found = await work.rows(statement, {"now": work.clock.now(), "only": only})
    wake(work)
    return len(found)
