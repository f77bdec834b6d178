"""Telling others of transactions, for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.points.events import PointsEarned, PointsExpired, PointsRedeemed
from plugins.points.ledger.choices import PointsTransactionKind
from plugins.points.ledger.drafts import Draft
from schema.plugin import UnitOfWork, publish, told

EVENT_OF: Mapping[PointsTransactionKind, type[PointsEarned | PointsRedeemed | PointsExpired]] = {
    PointsTransactionKind.EARN: PointsEarned,
    PointsTransactionKind.REDEEM: PointsRedeemed,
    PointsTransactionKind.EXPIRE: PointsExpired,
}


async def tell(work: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """One statement for all; nothing is made or sent where nobody wants to know."""
    wanted = {kind: event for kind, event in EVENT_OF.items() if told(work, event)}
    events = [
        wanted[draft.row["kind"]](transaction_id=draft.id, customer_id=draft.account.customer)
        for draft in drafts
        if draft.row["kind"] in wanted
    ]
    await publish(work, *events)
