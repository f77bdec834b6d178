"""The rules of earning (PTS-2)."""

from __future__ import annotations

from typing import Any

import strawberry

from plugins.points.earning import models
from plugins.points.earning.choices import PointsTrigger
from plugins.points.earning.service import Rules
from plugins.points.graphql.mutations.given import said_of
from plugins.points.graphql.types import PointsRule
from schema.plugin import (
    Call,
    DateTime,
    Input,
    Long,
    accepts,
    accepts_id,
    changed,
    key_in,
    key_of,
    mutation,
)


@strawberry.input(description="By how much the points of customers of a tier are multiplied.")
class PointsMultiplierInput:
    """An exact ratio."""

    tier: str = strawberry.field(description="Code of the tier.")
    numerator: int = strawberry.field(description="Numerator, such as 3.")
    denominator: int = strawberry.field(default=1, description="Denominator, such as 2.")


@strawberry.input(description="A rule of earning.")
class PointsSaveRuleInput(Input):
    """Names, trigger and ratio are required; a purchase needs a currency, an event its name."""

    name: str = accepts(models.PointsRule.name, required=True)
    name_en: str = accepts(models.PointsRule.name_en, required=True)
    trigger: PointsTrigger = accepts(models.PointsRule.trigger, required=True)
    numerator: Long = accepts(models.PointsRule.numerator, required=True)
    denominator: Long = accepts(models.PointsRule.denominator, required=True)
    currency: str | None = accepts(models.PointsRule.currency)
    category: str | None = accepts(models.PointsRule.category)
    event: str | None = accepts(models.PointsRule.event)
    multipliers: list[PointsMultiplierInput] | None = strawberry.field(
        default=None, description="By tier; of several tiers of a customer the best one counts."
    )
    valid_from: DateTime | None = accepts(
        models.PointsRule.valid_from, "From when it holds; now unless given."
    )
    valid_until: DateTime | None = accepts(models.PointsRule.valid_until)
    pending_days: int | None = accepts(models.PointsRule.pending_days)
    expiry_months: int | None = accepts(models.PointsRule.expiry_months)
    replaces: strawberry.ID | None = strawberry.field(
        default=None, description="A rule that ends when this one begins."
    )


@strawberry.type(description="The rule that was saved.")
class PointsSaveRulePayload:
    """Payload of points.saveRule."""

    rule: PointsRule | None = changed(models.PointsRule, "The rule.")


@mutation(
    PointsSaveRulePayload,
    "Save a rule of earning. A rule is never edited: say which one the new one replaces.",
)
async def save_rule(call: Call, given: PointsSaveRuleInput) -> dict[str, Any]:
    """See Rules."""
    ratios = {one.tier: [one.numerator, one.denominator] for one in given.multipliers or ()}
    rules = Rules(call.work, call.viewer)
    row = await rules.add_rule({**said_of(models.PointsRule, given), "multipliers": ratios})
    if given.replaces is not None:
        old = key_of(given.replaces, models.PointsRule.__prefix__ or "", "replaces")
        await rules.end_rule(old, row.valid_from)
    return {"rule": row.id}


@strawberry.input(description="A rule that ends.")
class PointsEndRuleInput(Input):
    """The id is required."""

    id: strawberry.ID = accepts_id(models.PointsRule, "The rule.")
    at: DateTime | None = strawberry.field(default=None, description="When it ends; now unless given.")


@strawberry.type(description="The rule that ends.")
class PointsEndRulePayload:
    """Payload of points.endRule."""

    rule: PointsRule | None = changed(models.PointsRule, "The rule.")


@mutation(PointsEndRulePayload, "Let a rule end; what happened before still earns by it.")
async def end_rule(call: Call, given: PointsEndRuleInput) -> dict[str, Any]:
    """See Rules."""
    row = await Rules(call.work, call.viewer).end_rule(key_in(given, "id"), given.at)
    return {"rule": row.id}
