"""The membership's durable work."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from plugins.points.membership.levels import grade
from schema.plugin import Context, Job, Payload, Text


async def grade_members(context: Context, payload: Payload) -> Payload | None:
    """Grade a batch of members; `as_of` is the time at which the run began."""
    at = dt.datetime.fromisoformat(payload["as_of"]) if "as_of" in payload else context.work.clock.now()
    after = UUID(payload["after"]) if "after" in payload else None
    last = await grade(context.work, at, after)
    return None if last is None else {"as_of": at.isoformat(), "after": last.hex}


LEVELS = Job(
    "points.levels",
    grade_members,
    Text("grade all members by the points they earned", "按所得积分评定全部会员等级"),
    every="30 2 * * *",
)
