"""The membership's durable work."""

from __future__ import annotations

from plugins.points.membership.levels import grade
from plugins.points.runs import begun, last_of, onward
from schema.plugin import Context, Job, Payload, Text


async def grade_members(context: Context, payload: Payload) -> Payload | None:
    """Grade a batch of members; `as_of` is the time at which the run began."""
    at = begun(context, payload)
    last = await grade(context.work, at, last_of(payload))
    return None if last is None else onward(at, after=last.hex)


LEVELS = Job(
    "points.levels",
    grade_members,
    Text("grade all members by the points they earned", "按所得积分评定全部会员等级"),
    every="30 2 * * *",
)
