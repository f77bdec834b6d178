"""Rewards: offering, redeeming, using, cancelling (PTS-3)."""

from __future__ import annotations

from typing import Any

import strawberry

from plugins.points.errors import (
    AlreadyReversed,
    InsufficientPoints,
    NotAMember,
    NotOnOffer,
    NotReversible,
    OutOfStock,
    RedemptionEnded,
)
from plugins.points.graphql.mutations.given import said_of
from plugins.points.graphql.types import PointsRedemption, PointsReward
from plugins.points.rewards import models
from plugins.points.rewards.catalogue import Offers
from plugins.points.rewards.choices import PointsRewardKind
from plugins.points.rewards.service import Redemptions
from plugins.points.words import REQUIRED
from schema.plugin import (
    Call,
    Customer,
    DateTime,
    Input,
    InvalidInput,
    Long,
    MoneyInput,
    accepts,
    accepts_id,
    accepts_money,
    changed,
    key_in,
    key_of,
    mutation,
    values_of,
)

NEEDED = ("code", "kind", "name", "name_en", "points")


@strawberry.input(description="A reward: a new one, or changes of the one with this id; null clears.")
class PointsSaveRewardInput(Input):
    """A new reward needs code, kind, names and price."""

    id: strawberry.ID | None = strawberry.field(
        default=None, description="The reward; a new one unless given."
    )
    code: str | None = accepts(models.PointsReward.code)
    kind: PointsRewardKind | None = accepts(models.PointsReward.kind)
    name: str | None = accepts(models.PointsReward.name)
    name_en: str | None = accepts(models.PointsReward.name_en)
    about: str | None = accepts(models.PointsReward.about)
    about_en: str | None = accepts(models.PointsReward.about_en)
    points: Long | None = accepts(models.PointsReward.points)
    stock: Long | None = accepts(
        models.PointsReward.stock,
        "How many there are; null for as many as are wanted. Only of a new reward: later it is restocked.",
    )
    valid_from: DateTime | None = accepts(models.PointsReward.valid_from)
    valid_until: DateTime | None = accepts(models.PointsReward.valid_until)
    level_id: strawberry.ID | None = accepts(models.PointsReward.level_id)
    per_member: int | None = accepts(models.PointsReward.per_member)
    value: MoneyInput | None = accepts_money(
        models.PointsReward.value_minor, models.PointsReward.currency, "What a coupon is worth."
    )
    days: int | None = accepts(models.PointsReward.days)


@strawberry.type(description="The reward that was saved.")
class PointsSaveRewardPayload:
    """Payload of points.saveReward."""

    reward: PointsReward | None = changed(models.PointsReward, "The reward.")


@mutation(PointsSaveRewardPayload, "Offer a reward, or change what is said of it.")
async def save_reward(call: Call, given: PointsSaveRewardInput) -> dict[str, Any]:
    """See Offers."""
    offers, values = Offers(call.work, call.viewer), values_of(given)
    for name in NEEDED:
        if values.get(name, given.id) is None:
            raise InvalidInput("nameEn" if name == "name_en" else name, REQUIRED)
    values = said_of(models.PointsReward, given)
    if given.id is None:
        return {"reward": (await offers.create(values)).id}
    key = key_of(given.id, models.PointsReward.__prefix__ or "", "id")
    return {"reward": (await offers.update(key, values)).id}


@strawberry.input(description="How many pieces of a reward come or go.")
class PointsRestockRewardInput(Input):
    """Both are required."""

    id: strawberry.ID = accepts_id(models.PointsReward, "The reward; its stock is counted.")
    pieces: Long = strawberry.field(description="Pieces to be added or (negative) taken.")


@strawberry.type(description="The reward with its stock.")
class PointsRestockRewardPayload:
    """Payload of points.restockReward."""

    reward: PointsReward | None = changed(models.PointsReward, "The reward.")


@mutation(PointsRestockRewardPayload, "Add to the stock of a reward, or take from it.", OutOfStock)
async def restock_reward(call: Call, given: PointsRestockRewardInput) -> dict[str, Any]:
    """See Offers."""
    row = await Offers(call.work, call.viewer).restock(key_in(given, "id"), given.pieces)
    return {"reward": row.id}


@strawberry.input(description="A reward for a member.")
class PointsRedeemRewardInput(Input):
    """Both are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The member.")
    reward_id: strawberry.ID = accepts_id(models.PointsReward, "The reward.")


@strawberry.type(description="What was redeemed, with its code.")
class PointsRedeemRewardPayload:
    """Payload of points.redeemReward."""

    redemption: PointsRedemption | None = changed(
        models.PointsRedemption, "The redemption; null where it is not visible to you."
    )


@mutation(
    PointsRedeemRewardPayload,
    "Redeem a reward for a member: takes points and stock, and makes the code.",
    NotAMember,
    NotOnOffer,
    OutOfStock,
    InsufficientPoints,
)
async def redeem_reward(call: Call, given: PointsRedeemRewardInput) -> dict[str, Any]:
    """See Redemptions."""
    service = Redemptions(call.work, call.viewer)
    row = await service.issue(key_in(given, "customer_id"), key_in(given, "reward_id"))
    return {"redemption": row.id}


@strawberry.input(description="A code that a member shows.")
class PointsUseCodeInput(Input):
    """The code is required."""

    code: str = strawberry.field(description="The code; dashes, spaces and case make no difference.")


@strawberry.type(description="What was taken in use.")
class PointsUseCodePayload:
    """Payload of points.useCode."""

    redemption: PointsRedemption | None = changed(models.PointsRedemption, "The redemption.")


@mutation(PointsUseCodePayload, "Take a redemption code in use, once.", RedemptionEnded)
async def use_code(call: Call, given: PointsUseCodeInput) -> dict[str, Any]:
    """See Redemptions."""
    row = await Redemptions(call.work, call.viewer).use(given.code)
    return {"redemption": row.id}


@strawberry.input(description="A redemption that is cancelled.")
class PointsCancelRedemptionInput(Input):
    """Both are required."""

    id: strawberry.ID = accepts_id(models.PointsRedemption, "The redemption.")
    reason: str = accepts(models.PointsRedemption.reason, required=True)


@strawberry.type(description="The redemption that was cancelled.")
class PointsCancelRedemptionPayload:
    """Payload of points.cancelRedemption."""

    redemption: PointsRedemption | None = changed(models.PointsRedemption, "The redemption.")


@mutation(
    PointsCancelRedemptionPayload,
    "Cancel a redemption that was not used yet: points and stock come back exactly.",
    RedemptionEnded,
    AlreadyReversed,
    NotReversible,
)
async def cancel_redemption(call: Call, given: PointsCancelRedemptionInput) -> dict[str, Any]:
    """See Redemptions."""
    row = await Redemptions(call.work, call.viewer).cancel(key_in(given, "id"), given.reason)
    return {"redemption": row.id}
