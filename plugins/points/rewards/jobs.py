"""The rewards' durable work."""

from __future__ import annotations

from plugins.points.rewards.service import expire
from plugins.points.settings import settings_of
from schema.plugin import Context, Job, Payload, Text


async def expire_redemptions(context: Context, _payload: Payload) -> Payload | None:
    """Expire a batch of what was not used in time."""
    limit = settings_of(context.work).batch
    return {} if await expire(context.work, limit) == limit else None


REWARDS = Job(
    "points.rewards",
    expire_redemptions,
    Text("expire rewards that were not used in time", "使逾期未使用的奖品失效"),
    every="15 * * * *",
)
