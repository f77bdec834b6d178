"""One transaction before it is in the books: its entries, lots and takings, and the figures that change."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from plugins.points.ledger.choices import COMPANY, PointsAccountKind, PointsLotState, PointsSide
from plugins.points.ledger.lots import Lot, taken


@dataclass
class Account:
    """A member's account, as it stands while it is held. It owes (`claim`) only where its balance is zero."""

    id: UUID
    customer: UUID
    balance: int
    pending: int
    claim: int


@dataclass
class Draft:
    """A transaction of one member. `row`: its columns."""

    account: Account
    row: Mapping[str, Any]
    entries: list[tuple[UUID, PointsSide, int]] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    takings: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    touched: dict[UUID, Lot] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """Key of the transaction."""
        return self.row["id"]  # type: ignore[no-any-return]

    def move(self, side: PointsSide, points: int) -> None:
        """Post to the member's account."""
        if not points:
            return
        self.entries.append((self.account.id, side, points))
        match side:
            case PointsSide.AVAILABLE:
                self.account.balance += points
            case PointsSide.PENDING:
                self.account.pending += points
            case PointsSide.CLAIM:
                self.account.claim -= points

    def against(self, kind: PointsAccountKind, points: int) -> None:
        """Post to an account of the company."""
        if points:
            self.entries.append((COMPANY[kind], PointsSide.AVAILABLE, points))

    def take(self, lot: Lot, points: int) -> None:
        """Take points from a lot or (negative) give them back."""
        lot.remaining -= points
        self.takings[lot.id] += points
        if lot not in self.lots:
            self.touched[lot.id] = lot

    def fill(
        self,
        key: UUID,
        points: int,
        *,
        earned_at: dt.datetime,
        pending: bool = False,
        available_at: dt.datetime | None = None,
        expires_at: dt.datetime | None = None,
    ) -> None:
        """Put points into a new lot, and to the member's account."""
        state = PointsLotState.PENDING if pending else PointsLotState.AVAILABLE
        lot = Lot(key, self.account.id, self.id, points, points, earned_at, available_at, expires_at, state)
        self.lots.append(lot)
        if pending:
            self.move(PointsSide.PENDING, points)
        else:
            self.credit(points, [lot])

    def confirm(self, lot: Lot) -> None:
        """A pending lot becomes available."""
        lot.state = PointsLotState.AVAILABLE
        self.touched[lot.id] = lot
        self.move(PointsSide.PENDING, -lot.remaining)
        self.credit(lot.remaining, [lot])

    def credit(self, points: int, lots: Iterable[Lot]) -> None:
        """The member has so many points more, and they lie in these lots; first they settle what is owed."""
        owed = min(self.account.claim, points)
        for lot, part in taken(lots, owed):
            self.take(lot, part)
        self.move(PointsSide.CLAIM, owed)
        self.move(PointsSide.AVAILABLE, points - owed)

    def debit(self, points: int, lots: Iterable[Lot]) -> None:
        """Take so many points from these lots, in this order; the member owes what they do not hold."""
        found = 0
        for lot, part in taken(lots, points):
            self.take(lot, part)
            found += part
        self.move(PointsSide.AVAILABLE, -found)
        self.move(PointsSide.CLAIM, found - points)
