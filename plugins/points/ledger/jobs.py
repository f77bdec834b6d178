"""The ledger's recurring work; each run does a batch, until nothing is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from plugins.points.ledger.service import Ledger
from plugins.points.runs import begun, onward
from plugins.points.settings import settings_of
from schema.plugin import Context, Job, Payload, Text


async def confirm(context: Context, payload: Payload) -> Payload | None:
    """Confirm a batch of what was due when the first batch began."""
    return await _part(context, payload, Ledger.confirm_due)


async def expire(context: Context, payload: Payload) -> Payload | None:
    """Expire a batch, as `confirm`."""
    return await _part(context, payload, Ledger.expire)


async def _part(
    context: Context, payload: Payload, act: Callable[[Ledger, dt.datetime, int], Awaitable[int]]
) -> Payload | None:
    at, size = begun(context, payload), settings_of(context.work).batch
    due = await act(Ledger(context.work, context.viewer), at, size)
    return onward(at) if due == size else None


LEDGER = (
    Job(
        "points.confirm",
        confirm,
        Text("confirm points that waited", "确认到期的待生效积分"),
        every="5 * * * *",
    ),
    Job("points.expire", expire, Text("expire points", "处理过期积分"), every="10 0 * * *"),
)
