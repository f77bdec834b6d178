"""Rewards and what members took of them (PTS-3)."""

from __future__ import annotations

import strawberry

from plugins.points.graphql.types.ledger import PointsTransaction
from plugins.points.graphql.types.membership import PointsLevel
from plugins.points.rewards import models
from plugins.points.rewards.choices import PointsRedemptionState, PointsRewardKind
from schema.plugin import (
    Connection,
    CustomerType,
    DateTime,
    EmployeeType,
    Long,
    MoneyType,
    Node,
    Relation,
    descending,
    expose,
    money,
    stored,
    to_many,
    to_one,
    viewer_relation,
)

expose(PointsRedemptionState, PointsRewardKind)


@strawberry.type(description="A gift or coupon that members can take for points.")
class PointsReward(Node):
    """GraphQL form of the model of the same name."""

    code: str = stored(models.PointsReward.code)
    kind: PointsRewardKind = stored(models.PointsReward.kind)
    name: str = stored(models.PointsReward.name)
    name_en: str = stored(models.PointsReward.name_en)
    about: str | None = stored(models.PointsReward.about)
    about_en: str | None = stored(models.PointsReward.about_en)
    points: Long = stored(models.PointsReward.points)
    stock: Long | None = stored(models.PointsReward.stock)
    valid_from: DateTime = stored(models.PointsReward.valid_from)
    valid_until: DateTime | None = stored(models.PointsReward.valid_until)
    level: PointsLevel | None = to_one(models.PointsReward.level_id)
    per_member: int | None = stored(models.PointsReward.per_member)
    value: MoneyType | None = money(
        models.PointsReward.value_minor, models.PointsReward.currency, "What a coupon is worth."
    )
    days: int | None = stored(models.PointsReward.days)
    created_at: DateTime | None = stored(models.PointsReward.created_at)
    redemptions: Connection[PointsRedemption] = to_many(
        models.PointsRedemption.reward_id, "Who took it; latest first.", order=[descending("issuedAt")]
    )


@strawberry.type(description="A reward that a member took, with the code that it is used by.")
class PointsRedemption(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    state: PointsRedemptionState = stored(models.PointsRedemption.state)
    points: Long | None = stored(models.PointsRedemption.points)
    code: str | None = stored(models.PointsRedemption.code)
    issued_at: DateTime = stored(models.PointsRedemption.issued_at)
    expires_at: DateTime | None = stored(models.PointsRedemption.expires_at)
    ended_at: DateTime | None = stored(models.PointsRedemption.ended_at)
    reason: str | None = stored(models.PointsRedemption.reason)
    customer: CustomerType | None = to_one(models.PointsRedemption.customer_id)
    reward: PointsReward | None = to_one(models.PointsRedemption.reward_id)
    transaction: PointsTransaction | None = to_one(models.PointsRedemption.transaction_id)
    issued_by: EmployeeType | None = to_one(models.PointsRedemption.issued_by_id)
    ended_by: EmployeeType | None = to_one(models.PointsRedemption.ended_by_id)
