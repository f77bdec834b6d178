"""Writing down what was asked, and forgetting it again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.db.database import UnitOfWork
from core.operations.choices import OperationKind
from core.operations.models import RecordedOperation, RecordedOperationDay

MOST_KEPT = 10_000
"""How many operations are kept, the last asked ones; more are forgotten before their time."""
TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """What is recorded of an operation: nothing of it is a value. `variables` is JSON."""

    role: str
    kind: OperationKind
    name: str | None
    text: str
    variables: str

    @property
    def key(self) -> UUID:
        """Follows from all of it."""
        return _digest(self.role, self.kind.name, self.name, self.text, self.variables)


def _digest(*parts: str | None) -> UUID:
    return UUID(bytes=hashlib.sha256(orjson.dumps(parts)).digest()[:16])


async def record(work: UnitOfWork, calls: Mapping[Operation, int], day: dt.date) -> None:
    """Add these calls to what is recorded for the day."""
    now = work.clock.now()
    # In order of their keys: two processes must not wait for each other.
    ordered = sorted(((one.key, one, count) for one, count in calls.items()), key=lambda found: found[0])
    for start in range(0, len(ordered), TOGETHER):
        part = ordered[start : start + TOGETHER]
        seen = [
            {
                "id": key,
                "role": one.role,
                "kind": one.kind,
                "name": one.name,
                "text": one.text,
                "variables": orjson.loads(one.variables),
                "first_seen_at": now,
                "last_seen_at": now,
            }
            for key, one, _ in part
        ]
        await _upsert(work, RecordedOperation.__table__, seen, "last_seen_at")
        days = [
            {"id": _digest(key.hex, day.isoformat()), "operation_id": key, "day": day, "calls": count}
            for key, _, count in part
        ]
        await _upsert(work, RecordedOperationDay.__table__, days, "calls", add=True)


async def _upsert(
    work: UnitOfWork, table: Any, rows: Sequence[Mapping[str, Any]], column: str, *, add: bool = False
) -> None:
    """Insert the rows; where one is there, set its column anew, or add to it."""
    dialect = (await work.session.connection()).dialect.name
    insert: Any = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table).values(list(rows))
    given = insert.excluded[column]
    value = table.c[column] + given if add else given
    await work.session.execute(insert.on_conflict_do_update(index_elements=["id"], set_={column: value}))


async def forget(work: UnitOfWork, before: dt.datetime, day: dt.date) -> None:
    """Forget operations last asked before a time, days before a day, and what goes beyond the bound."""
    operation, counted = RecordedOperation, RecordedOperationDay
    kept = sa.select(operation.id).order_by(operation.last_seen_at.desc(), operation.id).limit(MOST_KEPT)
    gone = sa.or_(operation.last_seen_at < before, operation.id.not_in(kept))
    await work.session.execute(sa.delete(counted).where(counted.day < day))
    await work.session.execute(sa.delete(operation).where(gone))
