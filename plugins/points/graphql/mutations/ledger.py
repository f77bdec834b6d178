"""Points that are entered, confirmed, adjusted and reversed by hand (PTS-2)."""

from __future__ import annotations

from typing import Any

import strawberry

from plugins.points.earning.returns import Returns
from plugins.points.errors import (
    AlreadyReversed,
    InsufficientPoints,
    NothingEarned,
    NotPending,
    NotReversible,
)
from plugins.points.graphql.mutations.given import ledger_key
from plugins.points.graphql.types import PointsTransaction
from plugins.points.ledger import models
from plugins.points.ledger.choices import PointsOccasion
from plugins.points.ledger.service import Earning, Ledger, Source
from plugins.points.words import ENDED
from schema.plugin import (
    Call,
    Customer,
    DateTime,
    Input,
    InvalidInput,
    Long,
    Purchase,
    PurchaseType,
    accepts_id,
    changed,
    explained,
    expose,
    key_in,
    mutation,
)

expose(PointsOccasion)
VISIBLE = "The transaction; null where it is not visible to you."
WHY = "Why; kept with the transaction."


@strawberry.input(description="Points that a member earned otherwise than by a rule.")
class PointsRecordInput(Input):
    """Customer, points and occasion are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The member.")
    points: Long = strawberry.field(description="How many.")
    occasion: PointsOccasion = strawberry.field(description="What they were earned by.")
    reason: str | None = strawberry.field(default=None, description=WHY)
    pending: bool = strawberry.field(default=False, description="Whether they wait for `points.confirm`.")
    expires_at: DateTime | None = strawberry.field(default=None, description="When they expire; null: never.")


@strawberry.type(description="What was entered.")
class PointsRecordPayload:
    """Payload of points.record."""

    transaction: PointsTransaction | None = changed(models.PointsTransaction, VISIBLE)


@mutation(PointsRecordPayload, "Enter points as earned, by hand.")
async def record(call: Call, given: PointsRecordInput) -> dict[str, Any]:
    """See Ledger."""
    if given.expires_at is not None and given.expires_at <= call.work.clock.now():
        raise InvalidInput("expiresAt", ENDED)
    earning = Earning(
        key_in(given, "customer_id"),
        given.points,
        Source(given.occasion.name.lower()),
        ledger_key(call, given),
        pending=given.pending,
        expires_at=given.expires_at,
        reason=None if given.reason is None else explained("reason", given.reason),
    )
    (posted,) = await Ledger(call.work, call.viewer).earn_many([earning])
    return {"transaction": posted.id}


@strawberry.input(description="An earning whose points wait.")
class PointsConfirmInput(Input):
    """The transaction is required."""

    transaction_id: strawberry.ID = accepts_id(models.PointsTransaction, "The transaction that earned them.")


@strawberry.type(description="The confirmation.")
class PointsConfirmPayload:
    """Payload of points.confirm."""

    transaction: PointsTransaction | None = changed(models.PointsTransaction, VISIBLE)


@mutation(PointsConfirmPayload, "Make pending points available.", NotPending)
async def confirm(call: Call, given: PointsConfirmInput) -> dict[str, Any]:
    """See Ledger."""
    posted = await Ledger(call.work, call.viewer).confirm(key_in(given, "transaction_id"))
    return {"transaction": posted.id}


@strawberry.input(description="An adjustment by hand.")
class PointsAdjustInput(Input):
    """All are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The member.")
    points: Long = strawberry.field(description="Points to be added or (negative) taken.")
    reason: str = strawberry.field(description=WHY)


@strawberry.type(description="The adjustment.")
class PointsAdjustPayload:
    """Payload of points.adjust."""

    transaction: PointsTransaction | None = changed(models.PointsTransaction, VISIBLE)


@mutation(
    PointsAdjustPayload,
    "Add points or take them, with a reason; added ones never expire.",
    InsufficientPoints,
)
async def adjust(call: Call, given: PointsAdjustInput) -> dict[str, Any]:
    """See Ledger."""
    ledger = Ledger(call.work, call.viewer)
    key = ledger_key(call, given)
    posted = await ledger.adjust(key_in(given, "customer_id"), given.points, given.reason, key)
    return {"transaction": posted.id}


@strawberry.input(description="A transaction to be undone.")
class PointsReverseInput(Input):
    """Both are required."""

    transaction_id: strawberry.ID = accepts_id(models.PointsTransaction, "The transaction.")
    reason: str = strawberry.field(description=WHY)


@strawberry.type(description="The reversal.")
class PointsReversePayload:
    """Payload of points.reverse."""

    transaction: PointsTransaction | None = changed(models.PointsTransaction, VISIBLE)


@mutation(
    PointsReversePayload,
    "Undo an earning, a redemption or an adjustment, exactly and once. What was spent already is owed.",
    AlreadyReversed,
    NotReversible,
)
async def reverse(call: Call, given: PointsReverseInput) -> dict[str, Any]:
    """See Ledger."""
    ledger = Ledger(call.work, call.viewer)
    posted = await ledger.reverse(key_in(given, "transaction_id"), given.reason, ledger_key(call, given))
    return {"transaction": posted.id}


@strawberry.input(description="A purchase that was returned.")
class PointsReversePurchaseInput(Input):
    """Both are required."""

    purchase_id: strawberry.ID = accepts_id(Purchase, "The purchase.")
    reason: str = strawberry.field(description=WHY)


@strawberry.type(description="What was taken back.")
class PointsReversePurchasePayload:
    """Payload of points.reversePurchase."""

    purchase: PurchaseType | None = changed(Purchase, "The purchase; null where it is not visible to you.")
    points: Long | None = strawberry.field(
        description="By how many points the member has less, or owes; null where they are hidden from you."
    )
    transactions: int | None = strawberry.field(description="How many earnings were reversed.")


@mutation(
    PointsReversePurchasePayload,
    "Take back all points of a purchase, exactly and once. What was spent already is owed.",
    NothingEarned,
    AlreadyReversed,
    NotReversible,
)
async def reverse_purchase(call: Call, given: PointsReversePurchaseInput) -> dict[str, Any]:
    """See Returns."""
    purchase, key = key_in(given, "purchase_id"), ledger_key(call, given)
    done = await Returns(call.work, call.viewer).reverse_purchase(purchase, given.reason, key)
    return {"purchase": purchase, "points": done.points, "transactions": done.transactions}
