"""The analysis' durable work."""

from __future__ import annotations

from plugins.points.analysis.run import analyse_members, analyse_month
from plugins.points.runs import begun, last_of, onward
from schema.plugin import Context, Job, Payload, Text


async def analyse(context: Context, payload: Payload) -> Payload | None:
    """A batch of members, or (`back`) one month of figures; `as_of` is the time at which the run began."""
    work, at = context.work, begun(context, payload)
    if "back" in payload:
        more = await analyse_month(work, at, payload["back"])
        return onward(at, back=payload["back"] + 1) if more else None
    last = await analyse_members(work, at, last_of(payload))
    return onward(at, back=0) if last is None else onward(at, after=last.hex)


ANALYSIS = Job(
    "points.analysis",
    analyse,
    Text("count members' months, compare and recommend", "统计会员逐月消费与积分，并给出营销建议"),
    every="0 3 * * *",
)
