"""Undoing a transaction (PTS-2), exactly.

What was spent goes back to the very lots that it was taken from, with the dates that they have. What was
earned is taken back from its own lot, then from what the member has beside it, in the order of expiry; what
is not there any more the member owes, and the next earnings settle it: a balance is never below zero. What
of it expired was lost already and is not taken again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from plugins.points.errors import AlreadyReversed, NotReversible
from plugins.points.ledger.books import LOTS, TAKINGS, TRANSACTIONS, Books
from plugins.points.ledger.choices import PointsAccountKind, PointsSide, PointsTransactionKind
from plugins.points.ledger.drafts import Account, Draft
from plugins.points.ledger.lots import Lot, first_to_expire
from plugins.points.ledger.telling import Source, Told

AGAINST = {
    PointsTransactionKind.EARN: PointsAccountKind.ISSUED,
    PointsTransactionKind.REDEEM: PointsAccountKind.REDEEMED,
    PointsTransactionKind.ADJUST: PointsAccountKind.ADJUSTED,
}
"""What can be reversed, and the company's account that it was posted against."""


async def reversal(books: Books, account: Account, original: sa.Row[Any], told: Told, reason: str) -> Draft:
    """The transaction that undoes another one of a held account."""
    if original.kind not in AGAINST:
        raise NotReversible("transactionId")
    done = sa.select(TRANSACTIONS.c.id).where(TRANSACTIONS.c.reverses_id == original.id)
    if (await books.work.session.execute(done)).first():
        raise AlreadyReversed("transactionId")
    own = await books.lots(LOTS.c.transaction_id == original.id)
    lost = await _expired_of(books, own[0]) if own else 0
    points = lost - original.points
    source = Source("reversal", original.id)
    more = {"reason": reason, "reverses_id": original.id}
    draft = books.draft(account, PointsTransactionKind.REVERSE, points, told, source, **more)
    draft.against(AGAINST[original.kind], original.points)
    draft.against(PointsAccountKind.EXPIRED, -lost)
    if not own:
        await _give_back(books, draft, original)
    elif own[0].pending:
        draft.take(own[0], -points)
        draft.move(PointsSide.PENDING, points)
    else:
        others = [lot for lot in await books.left(account) if lot.id != own[0].id]
        draft.debit(-points, [*own, *first_to_expire(others)])
    return draft


async def _give_back(books: Books, draft: Draft, original: sa.Row[Any]) -> None:
    taken = sa.select(TAKINGS.c.lot_id, TAKINGS.c.points).where(TAKINGS.c.transaction_id == original.id)
    parts = {row.lot_id: row.points for row in await books.work.session.execute(taken)}
    lots = await books.lots(LOTS.c.id.in_(list(parts)))
    for lot in lots:
        draft.take(lot, -parts[lot.id])
    draft.credit(sum(parts.values()), first_to_expire(lots))


async def _expired_of(books: Books, lot: Lot) -> int:
    """How many points of a lot expired."""
    expired = (
        sa.select(sa.func.coalesce(sa.func.sum(TAKINGS.c.points), 0))
        .join(TRANSACTIONS, TRANSACTIONS.c.id == TAKINGS.c.transaction_id)
        .where(TAKINGS.c.lot_id == lot.id, TRANSACTIONS.c.kind == PointsTransactionKind.EXPIRE)
    )
    return int((await books.work.session.execute(expired)).scalar_one())
