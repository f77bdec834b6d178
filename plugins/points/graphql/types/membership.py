"""Members and levels (PTS-1)."""

from __future__ import annotations

import strawberry

from plugins.points.membership import models
from plugins.points.membership.choices import PointsLevelReason
from schema.plugin import (
    Collection,
    Connection,
    CustomerType,
    DateTime,
    EmployeeType,
    Long,
    Node,
    Relation,
    descending,
    expose,
    stored,
    to_many,
    to_one,
    viewer_relation,
)

expose(PointsLevelReason)


@strawberry.type(description="A level of the programme, and what it brings.")
class PointsLevel(Node):
    """GraphQL form of the model of the same name."""

    code: str = stored(models.PointsLevel.code)
    name: str = stored(models.PointsLevel.name)
    name_en: str = stored(models.PointsLevel.name_en)
    rank: int = stored(models.PointsLevel.rank)
    points_needed: Long = stored(models.PointsLevel.points_needed)
    multiplier_numerator: int = stored(models.PointsLevel.multiplier_numerator)
    multiplier_denominator: int = stored(models.PointsLevel.multiplier_denominator)
    discount_basis_points: int = stored(models.PointsLevel.discount_basis_points)
    priority_service: bool = stored(models.PointsLevel.priority_service)
    exclusive_activities: bool = stored(models.PointsLevel.exclusive_activities)
    benefits: str | None = stored(models.PointsLevel.benefits)
    benefits_en: str | None = stored(models.PointsLevel.benefits_en)
    created_at: DateTime = stored(models.PointsLevel.created_at)
    retired_at: DateTime | None = stored(models.PointsLevel.retired_at)
    members: Connection[PointsMember] = to_many(
        models.PointsMember.level_id, "Who is at this level; latest first.", order=[descending("joinedAt")]
    )


@strawberry.type(description="A customer's membership: one each, also after leaving and joining again.")
class PointsMember(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    number: str = stored(models.PointsMember.number)
    joined_at: DateTime = stored(models.PointsMember.joined_at)
    channel: Collection = stored(models.PointsMember.channel)
    level_since: DateTime | None = stored(models.PointsMember.level_since)
    left_at: DateTime | None = stored(models.PointsMember.left_at)
    level: PointsLevel | None = to_one(models.PointsMember.level_id)
    customer: CustomerType | None = to_one(models.PointsMember.customer_id)
    enrolled_by: EmployeeType | None = to_one(models.PointsMember.enrolled_by_id)


@strawberry.type(description="A member came to another level; never edited.")
class PointsLevelChange(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    reason: PointsLevelReason = stored(models.PointsLevelChange.reason)
    at: DateTime = stored(models.PointsLevelChange.at)
    earned: Long | None = stored(models.PointsLevelChange.earned)
    previous: PointsLevel | None = to_one(models.PointsLevelChange.previous_id)
    level: PointsLevel | None = to_one(models.PointsLevelChange.level_id)
    customer: CustomerType | None = to_one(models.PointsLevelChange.customer_id)
