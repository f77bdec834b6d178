"""The books and the rules of earning (PTS-2)."""

from __future__ import annotations

import strawberry

from plugins.points.earning import models as earning
from plugins.points.earning.choices import PointsTrigger
from plugins.points.graphql import figures
from plugins.points.ledger import models
from plugins.points.ledger.choices import (
    PointsAccountKind,
    PointsLotState,
    PointsSide,
    PointsTransactionKind,
)
from schema.plugin import (
    INTERNAL,
    PUBLIC,
    Choice,
    Connection,
    CustomerType,
    DateTime,
    EmployeeType,
    Json,
    Long,
    Node,
    Relation,
    String,
    expose,
    expression,
    stored,
    to_many,
    to_one,
    viewer_relation,
)

expose(PointsTrigger, PointsAccountKind, PointsLotState, PointsSide, PointsTransactionKind)


@strawberry.type(description="How many points something earns; never edited, so what was earned stays clear.")
class PointsRule(Node):
    """GraphQL form of the model of the same name."""

    name: str = stored(earning.PointsRule.name)
    name_en: str = stored(earning.PointsRule.name_en)
    trigger: PointsTrigger = stored(earning.PointsRule.trigger)
    event: str | None = stored(earning.PointsRule.event)
    category: str | None = stored(earning.PointsRule.category)
    currency: str | None = stored(earning.PointsRule.currency)
    numerator: Long = stored(earning.PointsRule.numerator)
    denominator: Long = stored(earning.PointsRule.denominator)
    multipliers: Json = stored(earning.PointsRule.multipliers)
    valid_from: DateTime = stored(earning.PointsRule.valid_from)
    valid_until: DateTime | None = stored(earning.PointsRule.valid_until)
    pending_days: int = stored(earning.PointsRule.pending_days)
    expiry_months: int | None = stored(earning.PointsRule.expiry_months)
    active: bool = stored(earning.PointsRule.active)
    created_at: DateTime = stored(earning.PointsRule.created_at)


@strawberry.type(description="The points of a member, or an account of the company that they come from.")
class PointsAccount(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: PointsAccountKind = stored(models.PointsAccount.kind)
    balance: Long | None = stored(models.PointsAccount.balance)
    pending: Long | None = stored(models.PointsAccount.pending)
    claim: Long | None = stored(models.PointsAccount.claim)
    opened_at: DateTime | None = stored(models.PointsAccount.opened_at)
    customer: CustomerType | None = to_one(models.PointsAccount.customer_id)


@strawberry.type(description="What happened to a member's points, once; never edited.")
class PointsTransaction(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: PointsTransactionKind = stored(models.PointsTransaction.kind)
    at: DateTime | None = stored(models.PointsTransaction.at)
    points: Long | None = stored(models.PointsTransaction.points)
    reason: str | None = stored(models.PointsTransaction.reason)
    source_kind: str | None = stored(models.PointsTransaction.source_kind)
    customer: CustomerType | None = to_one(models.PointsTransaction.customer_id)
    rule: PointsRule | None = to_one(models.PointsTransaction.rule_id)
    by: EmployeeType | None = to_one(models.PointsTransaction.by_id)
    reverses: PointsTransaction | None = to_one(models.PointsTransaction.reverses_id)
    reversed_by: PointsTransaction | None = to_one(
        models.PointsTransaction.reverses_id, "The transaction that reverses this one.", backward=True
    )
    entries: Connection[PointsEntry] = to_many(
        models.PointsEntry.transaction_id, "Its entries, which sum to zero."
    )
    takings: Connection[PointsTaking] = to_many(
        models.PointsTaking.transaction_id, "From which lots it took how much, or gave back."
    )


@strawberry.type(description="One posting: points added to an account or taken from it.")
class PointsEntry(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: PointsTransactionKind | None = expression(
        figures.kind_of, Choice(PointsTransactionKind), PUBLIC, "What happened.", nullable=True
    )
    side: PointsSide = stored(models.PointsEntry.side)
    points: Long | None = stored(models.PointsEntry.points)
    at: DateTime | None = stored(models.PointsEntry.at)
    reason: str | None = expression(
        figures.reason_of, String, INTERNAL, "Why, in the words of whoever did it.", nullable=True
    )
    customer: CustomerType | None = to_one(models.PointsEntry.customer_id)
    account: PointsAccount | None = to_one(models.PointsEntry.account_id)
    transaction: PointsTransaction | None = to_one(models.PointsEntry.transaction_id)


@strawberry.type(description="Points that were earned together and expire together.")
class PointsLot(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    state: PointsLotState = stored(models.PointsLot.state)
    earned: Long | None = stored(models.PointsLot.earned)
    remaining: Long | None = stored(models.PointsLot.remaining)
    earned_at: DateTime | None = stored(models.PointsLot.earned_at)
    available_at: DateTime | None = stored(models.PointsLot.available_at)
    expires_at: DateTime | None = stored(models.PointsLot.expires_at)
    customer: CustomerType | None = to_one(models.PointsLot.customer_id)
    transaction: PointsTransaction | None = to_one(models.PointsLot.transaction_id)
    takings: Connection[PointsTaking] = to_many(
        models.PointsTaking.lot_id, "What was taken from it, or given back."
    )


@strawberry.type(description="How much of a lot a transaction took or (negative) gave back.")
class PointsTaking(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    points: Long | None = stored(models.PointsTaking.points)
    customer: CustomerType | None = to_one(models.PointsTaking.customer_id)
    lot: PointsLot | None = to_one(models.PointsTaking.lot_id)
    transaction: PointsTransaction | None = to_one(models.PointsTaking.transaction_id)
