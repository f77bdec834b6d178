"""The ledger's acts (PTS-2): what one caller may do to members' points.

Every act is one transaction in the books, entered once for its key: told again with the same input it gives
what it gave first, with other input IDEMPOTENCY_MISMATCH. Whoever acts on a member's points holds the row of
the account until the unit of work ends, so that two at once never spend the same points.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points import permissions
from plugins.points.errors import InsufficientPoints, NotPending
from plugins.points.ledger.balances import Liability, balance_at, liability_at
from plugins.points.ledger.books import LOTS, TRANSACTION, Books, Posted
from plugins.points.ledger.choices import PointsAccountKind, PointsTransactionKind
from plugins.points.ledger.drafts import Account, Draft
from plugins.points.ledger.due import confirm_due, confirmation, confirming, expire_due
from plugins.points.ledger.lots import first_to_expire
from plugins.points.ledger.models import PointsEntry, PointsTransaction
from plugins.points.ledger.reversal import reversal
from plugins.points.ledger.telling import Earning, Source, Told, check_points
from plugins.points.words import CUSTOMER
from schema.plugin import (
    Customer,
    Forbidden,
    IdempotencyMismatch,
    Permission,
    UnitOfWork,
    Viewer,
    allowed_on,
    allowed_somewhere,
    cell_of,
    explained,
)

__all__ = ["Earning", "Ledger", "Posted", "Source"]

BY_HAND = Source("manual")


@dataclass(frozen=True)
class Ledger:
    """The points ledger, as one caller may use it."""

    work: UnitOfWork
    viewer: Viewer

    @property
    def books(self) -> Books:
        """The tables."""
        return Books(self.work, self.viewer)

    async def earn(  # noqa: PLR0913
        self,
        customer: UUID,
        points: int,
        source: Source,
        key: str,
        *,
        pending: bool = False,
        expires_at: dt.datetime | None = None,
        at: dt.datetime | None = None,
    ) -> Posted:
        """Enter points as earned, `at` a time or now; opens the account where there is none."""
        earning = Earning(customer, points, source, key, pending=pending, expires_at=expires_at, at=at)
        return (await self.earn_many([earning]))[0]

    async def earn_many(self, earnings: Sequence[Earning]) -> list[Posted]:
        """As `earn`, for many members at once in few statements; in the order of `earnings`."""
        allowed_somewhere(self.viewer, permissions.RECORD_POINTS)
        told = {one: _told(one) for one in earnings}
        digests: dict[tuple[str, str], bytes] = {}
        for entry in told.values():
            if digests.setdefault(entry.place, entry.digest) != entry.digest:
                raise IdempotencyMismatch("idempotencyKey")
        customers = {one.customer for one in earnings}
        for customer in customers:
            await self._allowed(permissions.RECORD_POINTS, customer)
        accounts = await self.books.opened(customers)
        done = await self.books.used(digests)
        drafts = {
            entry.place: self._earned(accounts[one.customer], one, entry)
            for one, entry in told.items()
            if entry.place not in done
        }
        done |= zip(drafts, await self.books.post(list(drafts.values())), strict=True)
        return [done[told[one].place] for one in earnings]

    async def confirm(self, transaction: UUID) -> Posted:
        """Make the pending points of an earning available; a second time gives the first confirmation.

        POINTS_NOT_PENDING where they are not, or the earning was reversed.
        """
        original = await self._transaction(permissions.RECORD_POINTS, transaction)
        account = (await self.books.hold([original.customer_id]))[original.customer_id]
        told = confirming(transaction)
        if known := await self.books.once(told):
            return known
        lots = await self.books.lots(LOTS.c.transaction_id == transaction)
        if not any(lot.pending and lot.remaining for lot in lots):
            raise NotPending("transactionId")
        return (await self.books.post([confirmation(self.books, account, lots[0])]))[0]

    async def redeem(self, customer: UUID, points: int, source: Source, key: str) -> Posted:
        """Spend points, those that expire first; POINTS_INSUFFICIENT where there are too few."""
        await self._allowed(permissions.REDEEM_POINTS, customer)
        check_points(points)
        told = Told.of(f"redeem:{source.kind}", key, customer, points, source.id)
        account = (await self.books.hold([customer])).get(customer)
        if account is None:
            raise InsufficientPoints("points")
        if known := await self.books.once(told):
            return known
        draft = self.books.draft(account, PointsTransactionKind.REDEEM, -points, told, source)
        draft.against(PointsAccountKind.REDEEMED, points)
        await self._spend(draft, points)
        return (await self.books.post([draft]))[0]

    async def adjust(self, customer: UUID, points: int, reason: str, key: str) -> Posted:
        """Add points or (negative) take them, by hand and with a reason; POINTS_INSUFFICIENT below zero.

        Added points never expire.
        """
        await self._allowed(permissions.ADJUST_POINTS, customer)
        check_points(abs(points))
        reason = explained("reason", reason)
        told = Told.of(f"adjust:{self.viewer.subject}", key, customer, points, reason)
        account = (await self.books.opened([customer]))[customer]
        if known := await self.books.once(told):
            return known
        draft = self.books.draft(account, PointsTransactionKind.ADJUST, points, told, BY_HAND, reason=reason)
        draft.against(PointsAccountKind.ADJUSTED, -points)
        if points > 0:
            draft.fill(self.work.ids.new(), points, earned_at=self.work.clock.now())
        else:
            await self._spend(draft, -points)
        return (await self.books.post([draft]))[0]

    async def reverse(self, transaction: UUID, reason: str, key: str) -> Posted:
        """Undo an earning, redemption or adjustment, exactly and once; see `reversal`."""
        original = await self._transaction(permissions.REVERSE_POINTS, transaction)
        reason = explained("reason", reason)
        told = Told.of(f"reverse:{self.viewer.subject}", key, transaction, reason)
        account = (await self.books.hold([original.customer_id]))[original.customer_id]
        if known := await self.books.once(told):
            return known
        draft = await reversal(self.books, account, original, told, reason)
        return (await self.books.post([draft]))[0]

    async def expire(self, as_of: dt.datetime, limit: int) -> int:
        """Expire what is due, at most `limit` lots; how many were due. The system's own work."""
        self._system()
        return await expire_due(self.books, as_of, limit)

    async def confirm_due(self, as_of: dt.datetime, limit: int) -> int:
        """Confirm what is due, as `expire`."""
        self._system()
        return await confirm_due(self.books, as_of, limit)

    async def balance(self, customer: UUID, at: dt.datetime | None = None) -> int:
        """Points that were available at a time (now, if None), from the entries; see `balances`."""
        if not self.viewer.plan.unrestricted:
            await self._readable(customer)
        return await balance_at(self.work, customer, at or self.work.clock.now())

    async def liability(self, at: dt.datetime | None = None) -> Liability:
        """What the company owes all its members at a time (now, if None)."""
        plan, asked = self.viewer.plan, permissions.READ_LIABILITY
        if not plan.catalogue.relations.possible(asked.type) <= plan.cells(asked.type, asked.act):
            raise Forbidden
        return await liability_at(self.work, at or self.work.clock.now())

    async def _readable(self, customer: UUID) -> None:
        """NOT_FOUND for an unseen customer, FORBIDDEN where entries and their points are not shown."""
        cell = await cell_of(self.work, self.viewer, Customer, customer, CUSTOMER, "customerId")
        plan, entry = self.viewer.plan, PointsEntry.__name__
        if any(cell not in plan.shown_in(entry, name, plan.rows(entry)) for name in ("points", "at")):
            raise Forbidden("customerId")

    async def _spend(self, draft: Draft, points: int) -> None:
        """Take points that may be spent now."""
        now, lots = self.work.clock.now(), await self.books.left(draft.account)
        spendable = first_to_expire(lot for lot in lots if lot.spendable(now))
        if sum(lot.remaining for lot in spendable) < points:
            raise InsufficientPoints("points")
        draft.debit(points, spendable)

    def _earned(self, account: Account, one: Earning, told: Told) -> Draft:
        kind = PointsTransactionKind.EARN
        more = {"rule_id": one.rule, "reason": one.reason}
        draft = self.books.draft(account, kind, one.points, told, one.source, **more)
        draft.against(PointsAccountKind.ISSUED, -one.points)
        draft.fill(
            self.work.ids.new(),
            one.points,
            pending=one.pending,
            earned_at=one.at or self.work.clock.now(),
            available_at=one.available_at,
            expires_at=one.expires_at,
        )
        return draft

    async def _transaction(self, permission: Permission, transaction: UUID) -> sa.Row[Any]:
        """A transaction on which the caller may do this."""
        allowed_somewhere(self.viewer, permission)
        if not self.viewer.plan.unrestricted:
            at = (PointsTransaction, transaction, TRANSACTION, "transactionId")
            await allowed_on(self.work, self.viewer, permission, *at)
        return await self.books.transaction(transaction)

    def _system(self) -> None:
        if not self.viewer.plan.unrestricted:
            raise Forbidden

    async def _allowed(self, permission: Permission, customer: UUID) -> None:
        """Whoever may do everything is not asked where the customer stands."""
        allowed_somewhere(self.viewer, permission)
        if not self.viewer.plan.unrestricted:
            await allowed_on(self.work, self.viewer, permission, Customer, customer, CUSTOMER, "customerId")


def _told(one: Earning) -> Told:
    check_points(one.points)
    facts = (one.customer, one.points, one.source.id, one.pending, one.available_at, one.expires_at, one.at)
    reason = () if one.reason is None else (one.reason,)
    return Told.of(f"earn:{one.source.kind}", one.key, *facts, *reason)
