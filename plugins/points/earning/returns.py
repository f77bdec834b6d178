"""What is taken back: all points of a purchase that was returned (PTS-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from plugins.points.errors import AlreadyReversed, NothingEarned
from plugins.points.ledger.books import TRANSACTIONS, Posted
from plugins.points.ledger.choices import PointsTransactionKind
from plugins.points.ledger.service import Ledger
from plugins.points.permissions import REVERSE_POINTS
from plugins.points.words import PURCHASE
from schema.plugin import Purchase, UnitOfWork, Viewer, allowed_somewhere, cell_of


@dataclass(frozen=True)
class Returns:
    """Purchases whose points are taken back, as one caller may."""

    work: UnitOfWork
    viewer: Viewer

    async def reverse_purchase(self, purchase: UUID, reason: str, key: str) -> Sequence[Posted]:
        """Reverse every earning of a purchase that is not reversed yet.

        POINTS_NOTHING_EARNED where it has earned nothing, or not yet; POINTS_ALREADY_REVERSED where nothing
        is left to reverse, unless it was done with this key.
        """
        allowed_somewhere(self.viewer, REVERSE_POINTS)
        if not self.viewer.plan.unrestricted:
            await cell_of(self.work, self.viewer, Purchase, purchase, PURCHASE, "purchaseId")
        earnings = sa.select(TRANSACTIONS.c.id).where(
            TRANSACTIONS.c.source_id == purchase,
            TRANSACTIONS.c.source_kind == "purchase",
            TRANSACTIONS.c.kind == PointsTransactionKind.EARN,
        )
        found = (await self.work.session.scalars(earnings.order_by(TRANSACTIONS.c.id))).all()
        if not found:
            raise NothingEarned("purchaseId")
        ledger, done = Ledger(self.work, self.viewer), list[Posted]()
        for one in found:
            try:
                done.append(await ledger.reverse(one, reason, f"{key}:{one.hex}"))
            except AlreadyReversed:
                continue
        if not done:
            raise AlreadyReversed("purchaseId")
        return done
