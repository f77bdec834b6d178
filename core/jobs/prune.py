"""The core's own job: events that were told go after a day."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from core.db.statements import Statement
from core.db.types import Key
from core.jobs.declare import Context, Job, Payload
from core.jobs.models import OUTBOX
from core.text import Text

KEPT = dt.timedelta(days=1)
BATCH = 2_000
o = OUTBOX.c
FORGET = Statement(
    sa.delete(OUTBOX)
    .where(
        o.id.in_(
            sa.select(o.id)
            .where(o.handler.is_(None), o.id < sa.bindparam("before", type_=Key()))
            .order_by(o.id)
            .limit(sa.literal_column(str(BATCH)))
        )
    )
    .returning(o.id)
)


def first_key(at: dt.datetime) -> UUID:
    """Before every key that was made at this time or later (UUIDv7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


async def prune(context: Context, payload: Payload) -> Payload | None:
    """Forget a batch; on with the next where it was full."""
    before = first_key(context.work.clock.now() - KEPT)
    gone = await context.work.rows(FORGET, {"before": before})
    return payload if len(gone) == BATCH else None


PRUNE = Job("core.prune", prune, Text("forget events after a day", "一天后清除事件"), every="17 * * * *")
