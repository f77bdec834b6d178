"""What the analysis found (PTS-4)."""

from __future__ import annotations

import strawberry

from plugins.points.analysis import models
from plugins.points.analysis.choices import PointsAdvice
from plugins.points.graphql.types.membership import PointsLevel
from plugins.points.graphql.types.rewards import PointsReward
from schema.plugin import (
    CustomerType,
    DateTime,
    Day,
    Json,
    Long,
    MoneyType,
    Node,
    Relation,
    expose,
    money,
    stored,
    to_one,
    viewer_relation,
)

expose(PointsAdvice)


@strawberry.type(description="One month of one member: what was bought, and what became of points.")
class PointsMonth(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    month: Day = stored(models.PointsMonth.month)
    purchases: int | None = stored(models.PointsMonth.purchases)
    spend: MoneyType | None = money(models.PointsMonth.spend_minor, models.PointsMonth.spend_currency)
    other_spend: Json | None = stored(models.PointsMonth.other_spend)
    earned: Long | None = stored(models.PointsMonth.earned)
    redeemed: Long | None = stored(models.PointsMonth.redeemed)
    expired: Long | None = stored(models.PointsMonth.expired)
    customer: CustomerType | None = to_one(models.PointsMonth.customer_id)


@strawberry.type(
    description="One month of the members of a level, or of all other customers, in one currency."
)
class PointsFigure(Node):
    """GraphQL form of the model of the same name."""

    month: Day = stored(models.PointsFigure.month)
    members: bool = stored(models.PointsFigure.members)
    level: PointsLevel | None = to_one(models.PointsFigure.level_id)
    buyers: int | None = stored(models.PointsFigure.buyers)
    purchases: int | None = stored(models.PointsFigure.purchases)
    spend: MoneyType | None = money(models.PointsFigure.spend_minor, models.PointsFigure.currency)
    basket: MoneyType | None = money(models.PointsFigure.basket_minor, models.PointsFigure.currency)
    frequency_millis: Long | None = stored(models.PointsFigure.frequency_millis)
    currency: str = stored(models.PointsFigure.currency)


@strawberry.type(description="A reason to speak with a member, from the data.")
class PointsRecommendation(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: PointsAdvice = stored(models.PointsRecommendation.kind)
    reason: str | None = stored(models.PointsRecommendation.reason)
    reason_en: str | None = stored(models.PointsRecommendation.reason_en)
    points: Long | None = stored(models.PointsRecommendation.points)
    made_at: DateTime = stored(models.PointsRecommendation.made_at)
    reward: PointsReward | None = to_one(models.PointsRecommendation.reward_id)
    customer: CustomerType | None = to_one(models.PointsRecommendation.customer_id)
