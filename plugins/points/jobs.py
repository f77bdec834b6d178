"""The ledger's recurring work; each run does a batch, until nothing is due."""

from __future__ import annotations

import datetime as dt

from plugins.points.ledger.service import Ledger
from plugins.points.settings import settings_of
from schema.plugin import Context, Job, Payload, Text


async def confirm(context: Context, payload: Payload) -> Payload | None:
    """Confirm a batch of what was due when the first batch began."""
    as_of = _as_of(context, payload)
    size = settings_of(context.work).batch
    done = await Ledger(context.work, context.viewer).confirm_due(as_of, size)
    return {"as_of": as_of.isoformat()} if done == size else None


async def expire(context: Context, payload: Payload) -> Payload | None:
    """Expire a batch, as `confirm`."""
    as_of = _as_of(context, payload)
    size = settings_of(context.work).batch
    done = await Ledger(context.work, context.viewer).expire(as_of, size)
    return {"as_of": as_of.isoformat()} if done == size else None


def _as_of(context: Context, payload: Payload) -> dt.datetime:
    told = payload.get("as_of")
    return dt.datetime.fromisoformat(told) if told else context.work.clock.now()


LEDGER = (
    Job(
        "points.confirm",
        confirm,
        Text("confirm points that waited", "确认到期的待生效积分"),
        every="5 * * * *",
    ),
    Job("points.expire", expire, Text("expire points", "处理过期积分"), every="10 0 * * *"),
)
