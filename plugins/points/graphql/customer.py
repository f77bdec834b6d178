"""`Customer.points`: filtered, sorted and masked like the customer's own fields (PTS-1 to PTS-4)."""

from __future__ import annotations

import sqlalchemy as sa
import strawberry

from plugins.points.analysis.models import PointsMonth as Months
from plugins.points.analysis.models import PointsRecommendation as Recommendations
from plugins.points.graphql import figures
from plugins.points.graphql.types import (
    PointsEntry,
    PointsLevelChange,
    PointsLot,
    PointsMember,
    PointsMonth,
    PointsRecommendation,
    PointsRedemption,
    PointsTransaction,
)
from plugins.points.ledger import models as ledger
from plugins.points.membership import models as membership
from plugins.points.rewards import models as rewards
from schema.plugin import (
    COMMERCIAL,
    Connection,
    DateTime,
    Long,
    UtcTime,
    ascending,
    descending,
    expression,
    namespace,
    to_many,
    to_one,
)

LATEST = [descending("at")]


@strawberry.type(description="A customer's membership and points.")
class PointsOfCustomer:
    """Figures are SQL over the customer's row; each finds its rows by an index."""

    member: PointsMember | None = to_one(
        membership.PointsMember.customer_id,
        "The membership; null for whoever never joined, or where you may not see it.",
        backward=True,
    )
    balance: Long | None = expression(
        figures.balance_of,
        sa.BigInteger(),
        COMMERCIAL,
        "Points that are available; null without an account.",
        nullable=True,
    )
    pending: Long | None = expression(
        figures.pending_of, sa.BigInteger(), COMMERCIAL, "Points that wait to be confirmed.", nullable=True
    )
    claim: Long | None = expression(
        figures.claim_of,
        sa.BigInteger(),
        COMMERCIAL,
        "Points that the customer owes; what is earned next settles them.",
        nullable=True,
    )
    expiring: Long | None = expression(
        figures.expiring_of,
        sa.BigInteger(),
        COMMERCIAL,
        "Points that expire within `BAOKE_POINTS_EXPIRING_DAYS`; for other spans ask `lots`.",
    )
    next_expiry: DateTime | None = expression(
        figures.next_expiry_of, UtcTime(), COMMERCIAL, "When points next expire.", nullable=True
    )
    earned: Long | None = expression(
        figures.earned_of, sa.BigInteger(), COMMERCIAL, "Points earned in the window that counts for levels."
    )
    transactions: Connection[PointsTransaction] = to_many(
        ledger.PointsTransaction.customer_id, "What happened to the points; latest first.", order=LATEST
    )
    entries: Connection[PointsEntry] = to_many(
        ledger.PointsEntry.customer_id, "The postings of the account; latest first.", order=LATEST
    )
    lots: Connection[PointsLot] = to_many(
        ledger.PointsLot.customer_id,
        "Points by when they expire, the next first; "
        "`where: {remaining: {gt: 0}}` leaves out what is used up.",
        order=[ascending("expiresAt")],
    )
    redemptions: Connection[PointsRedemption] = to_many(
        rewards.PointsRedemption.customer_id,
        "Rewards that the customer took; latest first.",
        order=[descending("issuedAt")],
    )
    level_changes: Connection[PointsLevelChange] = to_many(
        membership.PointsLevelChange.customer_id,
        "How the customer came to the level; latest first.",
        order=LATEST,
    )
    months: Connection[PointsMonth] = to_many(
        Months.customer_id, "Purchases and points by month; latest first.", order=[descending("month")]
    )
    recommendations: Connection[PointsRecommendation] = to_many(
        Recommendations.customer_id, "Why to speak with the customer.", order=[ascending("kind")]
    )


@strawberry.type(description="What points add to customers.")
class OnCustomer:
    """One field, called like the plugin."""

    points: PointsOfCustomer = namespace("Membership and points.")
