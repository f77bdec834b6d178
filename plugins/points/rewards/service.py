"""Redeeming rewards, using and cancelling what was redeemed (PTS-3).

Everything that one of these acts changes (points, stock, redemption) is in one transaction. Rows are held in
one order everywhere: member or redemption, then the account of points, then the reward.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from plugins.points.errors import NotAMember, RedemptionEnded
from plugins.points.ledger.books import Books
from plugins.points.ledger.models import PointsTransaction
from plugins.points.ledger.service import Ledger, Source
from plugins.points.membership.models import PointsLevel, PointsMember
from plugins.points.membership.service import allowed_for
from plugins.points.permissions import CANCEL_REWARD, ISSUE_REWARD, USE_REWARD
from plugins.points.randomness import Below
from plugins.points.rewards.catalogue import REWARD, count
from plugins.points.rewards.choices import PointsRedemptionState
from plugins.points.rewards.codes import CODE, new_code
from plugins.points.rewards.models import PointsRedemption, PointsReward
from plugins.points.rewards.terms import may_have
from schema.plugin import (
    NotFound,
    Text,
    UnitOfWork,
    Viewer,
    add,
    allowed_on,
    allowed_somewhere,
    cell_of,
    explained,
)

REDEMPTION = Text("redemption", "兑换记录")
ISSUED = PointsRedemptionState.ISSUED
REDEMPTIONS: sa.Table = PointsRedemption.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Redemptions:
    """What members redeem, as one caller may act for them. The ledger asks for its own permissions too."""

    work: UnitOfWork
    viewer: Viewer
    below: Below = secrets.randbelow

    async def issue(self, customer: UUID, reward: UUID) -> PointsRedemption:
        """Redeem a reward for a member: takes points and stock, and makes the code.

        POINTS_NOT_A_MEMBER, POINTS_NOT_ON_OFFER, POINTS_OUT_OF_STOCK or POINTS_INSUFFICIENT otherwise.
        """
        work, viewer, now = self.work, self.viewer, self.work.clock.now()
        cell = await allowed_for(work, viewer, ISSUE_REWARD, customer)
        await cell_of(work, viewer, PointsReward, reward, REWARD, "rewardId")
        has = await self._level_points(customer)
        offer = await work.session.get_one(PointsReward, reward, populate_existing=True)
        may_have(offer, now, (has, await self._needed(offer.level_id)), await self._had(customer, offer))
        key = work.ids.new()
        paid = await Ledger(work, viewer).redeem(customer, offer.points, Source("redemption", key), key.hex)
        if offer.stock is not None:
            await count(work, reward, -1)
        row = PointsRedemption(
            id=key,
            customer_id=customer,
            reward_id=reward,
            state=ISSUED,
            points=offer.points,
            transaction_id=paid.id,
            limited=offer.stock is not None,
            issued_at=now,
            expires_at=None if offer.days is None else now + dt.timedelta(days=offer.days),
            issued_by_id=viewer.employee,
        )
        work.sealer.assign(row, "code", new_code(self.below))
        await add(work, viewer, ISSUE_REWARD, row, {}, cell)
        return row

    async def use(self, code: str) -> PointsRedemption:
        """Take a code in use, once; NOT_FOUND for a code that is none, or not of a visible member."""
        allowed_somewhere(self.viewer, USE_REWARD)
        index = self.work.sealer.index(PointsRedemption.code, CODE.normalize(code, "code"))
        key = await self.work.session.scalar(
            sa.select(PointsRedemption.id).where(REDEMPTIONS.c.code_index == index)
        )
        if key is None:
            raise NotFound("code", thing=REDEMPTION.say(self.viewer.language))
        await allowed_on(self.work, self.viewer, USE_REWARD, PointsRedemption, key, REDEMPTION, "code")
        return (await self._end(key, PointsRedemptionState.USED, "code"))[0]

    async def cancel(self, redemption: UUID, reason: str) -> PointsRedemption:
        """Undo a redemption that was not used yet: the points and the stock come back exactly."""
        allowed_somewhere(self.viewer, CANCEL_REWARD)
        at = (PointsRedemption, redemption, REDEMPTION)
        await allowed_on(self.work, self.viewer, CANCEL_REWARD, *at)
        why = explained("reason", reason)
        row, paid = await self._end(redemption, PointsRedemptionState.CANCELLED, "id")
        row.reason = why
        await self.work.session.flush()
        if paid:
            await Ledger(self.work, self.viewer).reverse(row.transaction_id, why, redemption.hex)
        if row.limited:
            await count(self.work, row.reward_id, 1)
        return row

    async def _end(
        self, key: UUID, state: PointsRedemptionState, field: str
    ) -> tuple[PointsRedemption, bool]:
        """Move an issued redemption to its last state; POINTS_REDEMPTION_ENDED where it has one.

        Also, whether its points are still paid: the ledger may have reversed that by itself; then there is
        nothing to use. The account is held, so that it can't do so meanwhile.
        """
        now = self.work.clock.now()
        row = await self.work.session.get_one(
            PointsRedemption, key, with_for_update=True, populate_existing=True
        )
        await Books(self.work, self.viewer).hold([row.customer_id])
        undo = sa.select(PointsTransaction.id).where(PointsTransaction.reverses_id == row.transaction_id)
        paid = await self.work.session.scalar(undo) is None
        late = row.expires_at is not None and row.expires_at <= now
        if row.state is not ISSUED or late or (state is PointsRedemptionState.USED and not paid):
            raise RedemptionEnded(field)
        row.state, row.ended_at, row.ended_by_id = state, now, self.viewer.employee
        await self.work.session.flush()
        return row, paid

    async def _level_points(self, customer: UUID) -> int:
        """What the member's level needs. The row is held: a member's redemptions come one after the other."""
        member = await self.work.session.scalar(
            sa.select(PointsMember)
            .where(PointsMember.customer_id == customer, PointsMember.left_at.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if member is None:
            raise NotAMember("customerId")
        return await self._needed(member.level_id)

    async def _needed(self, level: UUID | None) -> int:
        if level is None:
            return 0
        return (await self.work.session.get_one(PointsLevel, level)).points_needed  # type: ignore[no-any-return]

    async def _had(self, customer: UUID, offer: PointsReward) -> int:
        if offer.per_member is None:
            return 0
        taken = sa.select(sa.func.count()).where(
            PointsRedemption.customer_id == customer,
            PointsRedemption.reward_id == offer.id,
            PointsRedemption.state != PointsRedemptionState.CANCELLED,
        )
        return await self.work.session.scalar(taken) or 0


async def expire(work: UnitOfWork, limit: int) -> int:
    """Expire what was not used in time, at most so many: how many. Points and stock do not come back."""
    now = work.clock.now()
    due = (
        sa.select(PointsRedemption.id)
        .where(PointsRedemption.state == ISSUED, PointsRedemption.expires_at <= now)
        .order_by(PointsRedemption.expires_at, PointsRedemption.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    done = await work.session.scalars(
        sa.update(PointsRedemption)
        .where(PointsRedemption.id.in_(due))
        .values(state=PointsRedemptionState.EXPIRED, ended_at=now)
        .returning(PointsRedemption.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
