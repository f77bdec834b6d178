"""What the database knows of a batch of members, as the rules of `advice` ask for it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from plugins.points.analysis.advice import Goal, Known, Offer
from plugins.points.columns import among
from plugins.points.ledger.choices import PointsLotState, PointsTransactionKind
from plugins.points.ledger.models import PointsAccount, PointsLot, PointsTransaction
from plugins.points.membership.earned import earned, levels_in_force, standing
from plugins.points.membership.models import PointsLevel, PointsMember
from plugins.points.membership.rules import months_before
from plugins.points.rewards.choices import PointsRedemptionState
from plugins.points.rewards.models import PointsRedemption, PointsReward
from plugins.points.settings import PointsSettings
from schema.plugin import Purchase, Text, UnitOfWork


@dataclass(frozen=True)
class Knowledge:
    """What is known at one time, in the company's time zone."""

    work: UnitOfWork
    settings: PointsSettings
    zone: ZoneInfo
    at: dt.datetime

    async def goals(self) -> list[Goal]:
        """The levels in force, the lowest first."""
        levels = await levels_in_force(self.work)
        return [Goal(Text(level.name_en, level.name), level.points_needed) for level in levels]

    async def offers(self) -> list[Offer]:
        """The rewards that can be redeemed now."""
        reward = PointsReward
        rows = await self.work.session.execute(
            sa.select(reward.id, reward.name_en, reward.name, reward.points, PointsLevel.points_needed)
            .outerjoin(PointsLevel, PointsLevel.id == reward.level_id)
            .where(
                reward.valid_from <= self.at,
                sa.or_(reward.valid_until.is_(None), reward.valid_until > self.at),
                sa.or_(reward.stock.is_(None), reward.stock > 0),
            )
        )
        return [Offer(key, Text(en, zh), price, needed or 0) for key, en, zh, price, needed in rows]

    async def of(self, customers: Sequence[UUID]) -> dict[UUID, Known]:
        """What is known of those of these customers who are members now."""
        enough, categories = await self._enough(customers), await self._categories(customers)
        return {
            row.customer_id: Known(
                balance=row.balance or 0,
                expiring=row.expiring or 0,
                expires_on=self._day(row.expires_at),
                earned=row.earned,
                level_needed=row.points_needed or 0,
                oldest_on=self._day(row.oldest_at),
                idle=row.oldest_at is not None
                and row.oldest_at <= self._since(self.settings.idle_months)
                and not row.redeemed,
                had_enough=frozenset(enough.get(row.customer_id, ())),
                categories=categories.get(row.customer_id, {}),
            )
            for row in await self.work.session.execute(self._figures(customers))
        }

    def _figures(self, customers: Sequence[UUID]) -> sa.Select[Any]:
        member, lot, spent = PointsMember, PointsLot, PointsTransaction
        soon = self.at + dt.timedelta(days=self.settings.expiring_days)
        expires = sa.and_(lot.expires_at > self.at, lot.expires_at <= soon)
        lots = (
            sa.select(
                lot.customer_id,
                sa.cast(sa.func.sum(sa.case((expires, lot.remaining), else_=0)), sa.BigInteger).label(
                    "expiring"
                ),
                sa.func.min(sa.case((expires, lot.expires_at))).label("expires_at"),
                sa.func.min(lot.earned_at).label("oldest_at"),
            )
            .where(
                among(lot.customer_id, customers),
                lot.remaining > 0,
                lot.state == PointsLotState.AVAILABLE,
            )
            .group_by(lot.customer_id)
            .subquery()
        )
        redeemed = sa.exists().where(
            spent.customer_id == member.customer_id,
            spent.kind == PointsTransactionKind.REDEEM,
            spent.at > self._since(self.settings.idle_months),
            standing(spent),
        )
        counted = earned(member.customer_id, self._since(self.settings.level_months), self.at)
        return (
            sa.select(
                member.customer_id,
                PointsAccount.balance,
                lots.c.expiring,
                lots.c.expires_at,
                lots.c.oldest_at,
                PointsLevel.points_needed,
                counted.label("earned"),
                redeemed.label("redeemed"),
            )
            .outerjoin(PointsAccount, PointsAccount.customer_id == member.customer_id)
            .outerjoin(PointsLevel, PointsLevel.id == member.level_id)
            .outerjoin(lots, lots.c.customer_id == member.customer_id)
            .where(among(member.customer_id, customers), member.left_at.is_(None))
        )

    async def _enough(self, customers: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
        """The rewards of which a member had as many as one may."""
        had = PointsRedemption
        rows = await self.work.session.execute(
            sa.select(had.customer_id, had.reward_id)
            .join(PointsReward, PointsReward.id == had.reward_id)
            .where(
                among(had.customer_id, customers),
                had.state != PointsRedemptionState.CANCELLED,
                PointsReward.per_member.is_not(None),
            )
            .group_by(had.customer_id, had.reward_id, PointsReward.per_member)
            .having(sa.func.count() >= PointsReward.per_member)
        )
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for customer, reward in rows:
            found[customer].append(reward)
        return found

    async def _categories(self, customers: Sequence[UUID]) -> Mapping[UUID, dict[str, tuple[int, int]]]:
        recent = self._since(self.settings.fading_months)
        first = self._since(self.settings.fading_months + self.settings.fading_before)
        late = sa.func.sum(sa.case((Purchase.at > recent, 1), else_=0))
        rows = await self.work.session.execute(
            sa.select(Purchase.customer_id, Purchase.category, sa.func.count() - late, late)
            .where(
                among(Purchase.customer_id, customers),
                Purchase.at > first,
                Purchase.at <= self.at,
                Purchase.category.is_not(None),
            )
            .group_by(Purchase.customer_id, Purchase.category)
        )
        found: defaultdict[UUID, dict[str, tuple[int, int]]] = defaultdict(dict)
        for customer, category, before, now in rows:
            found[customer][category] = before, now
        return found

    def _since(self, months: int) -> dt.datetime:
        return months_before(self.at, months, self.zone)

    def _day(self, at: dt.datetime | None) -> dt.date | None:
        return None if at is None else at.astimezone(self.zone).date()
