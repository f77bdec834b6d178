"""Joining, leaving, and the levels (PTS-1)."""

from __future__ import annotations

from typing import Any

import strawberry

from plugins.points.errors import NotAMember
from plugins.points.graphql.mutations.given import said_of
from plugins.points.graphql.types import PointsMember
from plugins.points.membership import models
from plugins.points.membership.levels import Levels
from plugins.points.membership.service import Membership
from schema.plugin import (
    Call,
    Collection,
    Customer,
    Input,
    Long,
    accepts,
    accepts_id,
    changed,
    key_in,
    mutation,
    values_of,
)


@strawberry.input(description="A customer who joins.")
class PointsJoinInput(Input):
    """Customer and channel are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")
    channel: Collection = accepts(models.PointsMember.channel, required=True)
    number: str | None = accepts(
        models.PointsMember.number, "Number of a card that was handed out; a new one unless given."
    )


@strawberry.type(description="The member.")
class PointsJoinPayload:
    """Payload of points.join."""

    member: PointsMember | None = changed(models.PointsMember, "The member; null where not visible to you.")


@mutation(PointsJoinPayload, "Enrol a customer. Who is a member already stays as they are.")
async def join(call: Call, given: PointsJoinInput) -> dict[str, Any]:
    """See Membership."""
    number = values_of(given).get("number")
    row = await Membership(call.work, call.viewer).join(key_in(given, "customer_id"), given.channel, number)
    return {"member": row.id}


@strawberry.input(description="A member who leaves.")
class PointsLeaveInput(Input):
    """The customer is required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")


@strawberry.type(description="The member who left.")
class PointsLeavePayload:
    """Payload of points.leave."""

    member: PointsMember | None = changed(models.PointsMember, "The member; null where not visible to you.")


@mutation(
    PointsLeavePayload,
    "Let a member go. Points stay and expire by their rules; no reward can be redeemed meanwhile.",
    NotAMember,
)
async def leave(call: Call, given: PointsLeaveInput) -> dict[str, Any]:
    """See Membership."""
    row = await Membership(call.work, call.viewer).leave(key_in(given, "customer_id"))
    return {"member": row.id}


@strawberry.input(description="One level; of a level that is there, what is left out stays.")
class PointsLevelInput:
    """Code, names and the points needed are required."""

    code: str = accepts(models.PointsLevel.code, required=True)
    name: str = accepts(models.PointsLevel.name, required=True)
    name_en: str = accepts(models.PointsLevel.name_en, required=True)
    points_needed: Long = accepts(models.PointsLevel.points_needed, required=True)
    multiplier_numerator: int | None = accepts(models.PointsLevel.multiplier_numerator)
    multiplier_denominator: int | None = accepts(models.PointsLevel.multiplier_denominator)
    discount_basis_points: int | None = accepts(models.PointsLevel.discount_basis_points)
    priority_service: bool | None = accepts(models.PointsLevel.priority_service)
    exclusive_activities: bool | None = accepts(models.PointsLevel.exclusive_activities)
    benefits: str | None = accepts(models.PointsLevel.benefits)
    benefits_en: str | None = accepts(models.PointsLevel.benefits_en)


@strawberry.input(description="The levels from now on.")
class PointsSetLevelsInput(Input):
    """All levels."""

    levels: list[PointsLevelInput] = strawberry.field(
        description="The lowest first, which needs 0 points. A level that is left out retires."
    )


@strawberry.type(description="The levels that were set.")
class PointsSetLevelsPayload:
    """Payload of points.setLevels."""

    codes: list[str] | None = strawberry.field(description="Codes of the levels in force, the lowest first.")


@mutation(
    PointsSetLevelsPayload, "Set the levels and their benefits; members move with the next nightly grading."
)
async def set_levels(call: Call, given: PointsSetLevelsInput) -> dict[str, Any]:
    """See Levels."""
    levels = [said_of(models.PointsLevel, one) for one in given.levels]
    found = await Levels(call.work, call.viewer).set(levels)
    return {"codes": [level.code for level in found]}
