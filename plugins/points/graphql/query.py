"""`Query.points`."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from plugins.points.analysis import models as analysis
from plugins.points.earning import models as earning
from plugins.points.graphql.types import (
    PointsFigure,
    PointsLevel,
    PointsMember,
    PointsRecommendation,
    PointsRedemption,
    PointsReward,
    PointsRule,
    PointsTransaction,
)
from plugins.points.ledger import models as ledger
from plugins.points.ledger.service import Ledger
from plugins.points.membership import models as membership
from plugins.points.rewards import models as rewards_
from schema.plugin import (
    Connection,
    Customer,
    Database,
    DateTime,
    Long,
    MoneyType,
    NotFound,
    RequestContext,
    ascending,
    by_id,
    descending,
    key_of,
    to_many,
)

Info = strawberry.Info[RequestContext, None]


def _argument(text: str) -> Any:
    return strawberry.argument(description=text)


At = Annotated[DateTime | None, _argument("As of this time; now unless given.")]


@strawberry.type(description="What the company owes its members in points.")
class PointsLiability:
    """GraphQL form of `plugins.points.ledger.balances.Liability`."""

    at: DateTime = strawberry.field(description="As of when.")
    points: Long = strawberry.field(description="Available and pending points.")
    available: Long = strawberry.field(description="Points that members can spend.")
    pending: Long = strawberry.field(description="Points that wait to be confirmed.")
    claim: Long = strawberry.field(description="Points that members owe; they are not taken off.")
    value: MoneyType = strawberry.field(description="What `points` are worth, at today's value of a point.")


async def liability(info: Info, at: At = None) -> PointsLiability:
    """The resolver of `points.liability`."""
    context = info.context
    async with context.services[Database].unit_of_work() as work:
        found = await Ledger(work, context.viewer).liability(at)
    worth = found.worth
    return PointsLiability(
        at=DateTime(found.at),
        points=Long(found.available + found.pending),
        available=Long(found.available),
        pending=Long(found.pending),
        claim=Long(found.claim),
        value=MoneyType(amount=worth.amount, currency=worth.currency, minor=worth.minor),  # type: ignore[arg-type]
    )


async def balance(
    info: Info, customer: Annotated[strawberry.ID, _argument("The customer.")], at: At = None
) -> Long | None:
    """The resolver of `points.balance`."""
    context, key = info.context, key_of(customer, Customer.__prefix__ or "", "customer")
    try:
        async with context.services[Database].unit_of_work() as work:
            return Long(await Ledger(work, context.viewer).balance(key, at))
    except NotFound:
        return None


@strawberry.type(description="The programme, its members and its books.")
class PointsQuery:
    """`Query.points`."""

    levels: Connection[PointsLevel] = to_many(
        membership.PointsLevel,
        "The levels, the lowest first; `where: {retiredAt: {isNull: true}}` leaves out retired ones.",
        order=[ascending("rank")],
    )
    rewards: Connection[PointsReward] = to_many(
        rewards_.PointsReward, "The rewards, the cheapest first.", order=[ascending("points")]
    )
    reward: PointsReward | None = by_id(rewards_.PointsReward, "A reward; null where there is none.")
    rules: Connection[PointsRule] = to_many(
        earning.PointsRule, "The rules of earning, the newest first.", order=[descending("validFrom")]
    )
    members: Connection[PointsMember] = to_many(
        membership.PointsMember,
        "The members who are visible to you; the latest first.",
        order=[descending("joinedAt")],
    )
    member: PointsMember | None = by_id(
        membership.PointsMember, "A member; null where there is none or it is not visible to you."
    )
    transactions: Connection[PointsTransaction] = to_many(
        ledger.PointsTransaction,
        "What happened to the points of members who are visible to you; latest first.",
        order=[descending("at")],
    )
    redemptions: Connection[PointsRedemption] = to_many(
        rewards_.PointsRedemption,
        "The redemptions that are visible to you; latest first.",
        order=[descending("issuedAt")],
    )
    recommendations: Connection[PointsRecommendation] = to_many(
        analysis.PointsRecommendation,
        "With which members to speak, and why; most points first within a kind.",
        order=[ascending("kind"), descending("points")],
    )
    figures: Connection[PointsFigure] = to_many(
        analysis.PointsFigure,
        "Members beside other customers, by month and level; the latest month first.",
        order=[descending("month")],
    )
    liability: PointsLiability | None = strawberry.field(
        resolver=liability, description="What the company owes its members, from the books."
    )
    balance: Long | None = strawberry.field(
        resolver=balance,
        description="Points that a customer could call available at a time, from the books; "
        "null where the customer is not there or not visible to you.",
    )
