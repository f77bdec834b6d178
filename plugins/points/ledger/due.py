"""What falls due: pending points become available, old ones expire."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID

import sqlalchemy as sa

from plugins.points.ledger.books import LOTS, Books
from plugins.points.ledger.choices import PointsAccountKind, PointsLotState, PointsTransactionKind
from plugins.points.ledger.drafts import Account, Draft
from plugins.points.ledger.lots import Lot
from plugins.points.ledger.telling import Source, Told


def confirming(transaction: UUID) -> Told:
    """An earning is confirmed once."""
    return Told.of("confirm", transaction.hex, transaction)


def confirmation(books: Books, account: Account, lot: Lot) -> Draft:
    """The transaction that makes a pending lot available."""
    source = Source("earning", lot.transaction)
    told = confirming(lot.transaction)
    draft = books.draft(account, PointsTransactionKind.CONFIRM, lot.remaining, told, source)
    draft.confirm(lot)
    return draft


async def confirm_due(books: Books, as_of: dt.datetime, limit: int) -> int:
    """Make available what waited until `as_of`, at most `limit` lots; how many were due."""
    due = (
        LOTS.c.remaining > 0,
        LOTS.c.state == PointsLotState.PENDING,
        LOTS.c.available_at <= as_of,
    )
    held, accounts, due_now = await _hold(books, due, LOTS.c.available_at, limit)
    await books.post([confirmation(books, accounts[lot.account], lot) for lot in held.values()])
    return due_now


async def expire_due(books: Books, as_of: dt.datetime, limit: int) -> int:
    """Take what is left of lots that ended by `as_of`, at most `limit` lots; how many were due.

    One transaction a member. It needs no key: what is gone can't expire again.
    """
    due = (
        LOTS.c.remaining > 0,
        LOTS.c.state == PointsLotState.AVAILABLE,
        LOTS.c.expires_at <= as_of,
    )
    held, accounts, due_now = await _hold(books, due, LOTS.c.expires_at, limit)
    by_account: defaultdict[UUID, list[Lot]] = defaultdict(list)
    for lot in held.values():
        by_account[lot.account].append(lot)
    drafts = []
    for account, lots in by_account.items():
        points = sum(lot.remaining for lot in lots)
        told = Told.of("expire", books.work.ids.new().hex)
        draft = books.draft(accounts[account], PointsTransactionKind.EXPIRE, -points, told, Source("expiry"))
        draft.against(PointsAccountKind.EXPIRED, points)
        draft.debit(points, lots)
        drafts.append(draft)
    await books.post(drafts)
    return due_now


async def _hold(
    books: Books, due: tuple[sa.ColumnElement[bool], ...], by: sa.ColumnElement[dt.datetime], limit: int
) -> tuple[dict[UUID, Lot], dict[UUID, Account], int]:
    """The lots for which this holds, read again once their accounts are held.

    Beside them these accounts, by their keys, and how many lots were due.
    """
    found = await books.lots(*due, by=by, limit=limit)
    if not found:
        return {}, {}, 0
    accounts = await books.hold_accounts({lot.account for lot in found})
    again = await books.lots(*due, LOTS.c.id.in_([lot.id for lot in found]))
    return {lot.id: lot for lot in again}, accounts, len(found)
