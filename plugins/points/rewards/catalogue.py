"""What is on offer, and how many of it (PTS-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.errors import OutOfStock
from plugins.points.membership.models import PointsLevel
from plugins.points.permissions import UPDATE_REWARD
from plugins.points.rewards.models import PointsReward
from plugins.points.rewards.terms import check
from plugins.points.words import LEVEL
from schema.plugin import (
    InvalidInput,
    Key,
    Statement,
    Text,
    UnitOfWork,
    Viewer,
    add,
    allowed_on,
    allowed_somewhere,
    cell_of,
    change,
)

REWARD = Text("reward", "奖品")
NOT_COUNTED = Text(
    "stock is counted: add to it or take from it; whether it is limited stays as it was entered",
    "库存按增减计数；是否限量以录入时为准",
)
REWARDS: sa.Table = PointsReward.__table__  # type: ignore[assignment]
PIECES = sa.bindparam("pieces", type_=sa.BigInteger())
# The database adds, so that two at once both count and nothing is ever sold twice.
COUNT = Statement(
    sa.update(REWARDS)
    .where(REWARDS.c.id == sa.bindparam("reward", type_=Key()), REWARDS.c.stock + PIECES >= 0)
    .values(stock=REWARDS.c.stock + PIECES)
    .returning(REWARDS.c.stock)
)


async def count(work: UnitOfWork, reward: UUID, pieces: int) -> None:
    """Add to a counted stock, or (negative) take from it; POINTS_OUT_OF_STOCK where less is there."""
    if not await work.rows(COUNT, {"reward": reward, "pieces": pieces}):
        raise OutOfStock("rewardId")


@dataclass(frozen=True)
class Offers:
    """The rewards, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def create(self, values: Mapping[str, Any]) -> PointsReward:
        """Offer a reward: columns by name; from now on, unless `valid_from` says otherwise."""
        allowed_somewhere(self.viewer, UPDATE_REWARD)
        now = self.work.clock.now()
        await self._check({"valid_from": now, **values})
        row = PointsReward(id=self.work.ids.new(), valid_from=now, created_at=now)
        await add(self.work, self.viewer, UPDATE_REWARD, row, values)
        return row

    async def update(self, reward: UUID, changes: Mapping[str, Any]) -> PointsReward:
        """Change what is said of a reward; redemptions that were issued stay as they are."""
        allowed_somewhere(self.viewer, UPDATE_REWARD)
        await allowed_on(self.work, self.viewer, UPDATE_REWARD, PointsReward, reward, REWARD)
        if "stock" in changes:
            raise InvalidInput("stock", NOT_COUNTED)
        row = await self.work.session.get_one(PointsReward, reward)
        await self._check({c.name: getattr(row, c.name) for c in REWARDS.c} | dict(changes))
        at = (PointsReward, reward, REWARD)
        return await change(self.work, self.viewer, UPDATE_REWARD, at, changes)

    async def restock(self, reward: UUID, pieces: int) -> PointsReward:
        """Add to a reward's stock, or (negative) take from it what is there."""
        allowed_somewhere(self.viewer, UPDATE_REWARD)
        await allowed_on(self.work, self.viewer, UPDATE_REWARD, PointsReward, reward, REWARD)
        row = await self.work.session.get_one(PointsReward, reward)
        if row.stock is None:
            raise InvalidInput("pieces", NOT_COUNTED)
        await count(self.work, reward, pieces)
        await self.work.session.refresh(row, ["stock"])
        return row

    async def _check(self, values: Mapping[str, Any]) -> None:
        check(values)
        if (level := values.get("level_id")) is not None:
            await cell_of(self.work, self.viewer, PointsLevel, level, LEVEL, "levelId")
