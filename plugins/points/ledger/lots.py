"""Which lots points are taken from: pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from plugins.points.ledger.choices import PointsLotState


@dataclass
class Lot:
    """A lot, as it stands while its account is held."""

    id: UUID
    account: UUID
    transaction: UUID
    earned: int
    remaining: int
    earned_at: dt.datetime
    available_at: dt.datetime | None
    expires_at: dt.datetime | None
    state: PointsLotState

    @property
    def pending(self) -> bool:
        """Whether it waits to be confirmed."""
        return self.state is PointsLotState.PENDING

    def spendable(self, now: dt.datetime) -> bool:
        """Whether it may be spent: what is past its date is only waiting for the job that expires it."""
        return not self.pending and (self.expires_at is None or self.expires_at > now)


def first_to_expire(lots: Iterable[Lot]) -> list[Lot]:
    """In the order in which they are spent: by expiry, those without last, then by age."""
    return sorted(lots, key=lambda lot: (lot.expires_at is None, lot.expires_at, lot.earned_at, lot.id))


def taken(lots: Iterable[Lot], points: int) -> list[tuple[Lot, int]]:
    """How much of each lot, in this order, until it is enough; less in all where they hold less."""
    found = []
    for lot in lots:
        part = min(lot.remaining, points)
        if part > 0:
            found.append((lot, part))
            points -= part
    return found
