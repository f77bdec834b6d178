"""The analysis' durable work."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from plugins.points.analysis.run import analyse_members, analyse_month
from schema.plugin import Context, Job, Payload, Text


async def analyse(context: Context, payload: Payload) -> Payload | None:
    """A batch of members, or (`back`) one month of figures; `as_of` is the time at which the run began."""
    work = context.work
    at = dt.datetime.fromisoformat(payload["as_of"]) if "as_of" in payload else work.clock.now()
    begun = {"as_of": at.isoformat()}
    if "back" in payload:
        more = await analyse_month(work, at, payload["back"])
        return begun | {"back": payload["back"] + 1} if more else None
    last = await analyse_members(work, at, UUID(payload["after"]) if "after" in payload else None)
    return begun | ({"back": 0} if last is None else {"after": last.hex})


ANALYSIS = Job(
    "points.analysis",
    analyse,
    Text("count members' months, compare and recommend", "统计会员逐月消费与积分，并给出营销建议"),
    every="0 3 * * *",
)
