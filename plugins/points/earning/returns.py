"""What is taken back: all points of a purchase that was returned (PTS-2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from plugins.points.errors import AlreadyReversed, NothingEarned
from plugins.points.ledger.books import TRANSACTIONS
from plugins.points.ledger.choices import PointsTransactionKind
from plugins.points.ledger.models import PointsTransaction
from plugins.points.ledger.service import Ledger
from plugins.points.permissions import REVERSE_POINTS
from plugins.points.words import PURCHASE
from schema.plugin import Forbidden, Purchase, UnitOfWork, Viewer, allowed_on, allowed_somewhere


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a return took back: how many earnings, and their points, if those are shown to the caller."""

    transactions: int
    points: int | None


@dataclass(frozen=True)
class Returns:
    """Purchases whose points are taken back, as one caller may."""

    work: UnitOfWork
    viewer: Viewer

    async def reverse_purchase(self, purchase: UUID, reason: str, key: str) -> TakenBack:
        """Reverse every earning of a purchase that is not reversed yet.

        POINTS_NOTHING_EARNED where it has earned nothing, or not yet; POINTS_ALREADY_REVERSED where nothing
        is left to reverse, unless it was done with this key.
        """
        allowed_somewhere(self.viewer, REVERSE_POINTS)
        shown = await self._allowed(purchase)
        earnings = sa.select(TRANSACTIONS.c.id).where(
            TRANSACTIONS.c.source_id == purchase,
            TRANSACTIONS.c.source_kind == "purchase",
            TRANSACTIONS.c.kind == PointsTransactionKind.EARN,
        )
        found = (await self.work.session.scalars(earnings.order_by(TRANSACTIONS.c.id))).all()
        if not found:
            raise NothingEarned("purchaseId")
        ledger, done = Ledger(self.work, self.viewer), list[int]()
        for one in found:
            try:
                done.append((await ledger.reverse(one, reason, f"{key}:{one.hex}")).points)
            except AlreadyReversed:
                continue
        if not done:
            raise AlreadyReversed("purchaseId")
        return TakenBack(len(done), -sum(done) if shown else None)

    async def _allowed(self, purchase: UUID) -> bool:
        """Asked before anything is looked for, as the outcome tells of earnings; whether points are shown."""
        plan = self.viewer.plan
        if plan.unrestricted:
            return True
        at = (Purchase, purchase, PURCHASE, "purchaseId")
        cell = await allowed_on(self.work, self.viewer, REVERSE_POINTS, *at)
        name = PointsTransaction.__name__
        if cell not in plan.rows(name):
            raise Forbidden("purchaseId")
        return cell in plan.shown_in(name, "points", plan.rows(name))
