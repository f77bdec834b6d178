"""Changes of tiers (TIE-1 to TIE-4)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.customers.models import Customer
from core.errors import InvalidInput
from core.text import Text
from core.tiers import models
from core.tiers.rules import Conditions, Thresholds
from core.tiers.service import TierService
from schema.types.tiers import TierAssignment, TierRule, TierScheme
from schema.vocabulary import DateTime
from schema.vocabulary.mutations import Call, Input, accepts_id, changed, key_in, mutation
from schema.vocabulary.scalars import Currency, Long

TWICE = Text("the signal {name} stands here twice: ask once", "信号 {name} 重复出现：每个信号只写一次")


@strawberry.input(description="A tier that is given by hand.")
class SetManualTierInput(Input):
    """All are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")
    tier_id: strawberry.ID = accepts_id(models.Tier, "The tier.")
    reason: str = strawberry.field(
        description="Why, such as industry benchmark or strategic partner; kept with the assignment."
    )
    until: DateTime = strawberry.field(description="Until when regrading leaves it alone; after now.")


@strawberry.type(description="The assignment that was made.")
class SetManualTierPayload:
    """Payload of setManualTier."""

    assignment: TierAssignment | None = changed(
        models.TierAssignment, "The assignment; null where it is not visible to you."
    )


@mutation(
    SetManualTierPayload, "Put a customer into a tier by hand until a time, in place of what the rule says."
)
async def set_manual_tier(call: Call, given: SetManualTierInput) -> dict[str, Any]:
    """TIE-4."""
    service = TierService(call.work, call.viewer)
    row = await service.set_manual_tier(
        key_in(given, "customer_id"), key_in(given, "tier_id"), given.reason, given.until
    )
    return {"assignment": row.id}


@strawberry.input(description="How much of a signal the customers of a tier have.")
class TierSignalInput:
    """A condition on one signal."""

    name: str = strawberry.field(description="Name of the signal, as in `tierSignals`.")
    at_least: Long = strawberry.field(description="At least this much; not below zero.")


@strawberry.input(
    description="What the customers of a tier have reached, all of it; what is left out asks nothing."
)
class TierConditionsInput:
    """Conditions of one tier."""

    code: str = strawberry.field(description="Code of the tier.")
    recency_days: int | None = strawberry.field(
        default=None, description="At most this many days since the last purchase."
    )
    frequency: int | None = strawberry.field(
        default=None, description="At least this many purchases in the window."
    )
    monetary_minor: Long | None = strawberry.field(
        default=None,
        description="At least this much spent in the window, in minor units of the rule's currency.",
    )
    signals: list[TierSignalInput] | None = strawberry.field(
        default=None,
        description="Further figures of the customer, each once; those that `tierSignals` lists.",
    )

    @property
    def conditions(self) -> Conditions:
        """INVALID_INPUT for a signal that stands here twice."""
        signals: dict[str, int] = {}
        for one in self.signals or ():
            if one.name in signals:
                raise InvalidInput(f"tiers.{self.code}.signals", TWICE, name=one.name)
            signals[one.name] = one.at_least
        return Conditions(self.recency_days, self.frequency, self.monetary_minor, signals)


@strawberry.input(description="A new version of the rule of a scheme.")
class SetTierThresholdsInput(Input):
    """The whole rule."""

    scheme_id: strawberry.ID = accepts_id(models.TierScheme, "The scheme.")
    window_days: int = strawberry.field(description="How many days before the day of grading count.")
    currency: Currency = strawberry.field(description="Purchases in this currency count.")
    tiers: list[TierConditionsInput] = strawberry.field(
        description="Every tier of the scheme, highest first; the lowest has no conditions."
    )
    valid_from: DateTime | None = strawberry.field(
        default=None, description="From when it grades; now unless given."
    )


@strawberry.type(description="The version that was made.")
class SetTierThresholdsPayload:
    """Payload of setTierThresholds."""

    rule: TierRule | None = changed(models.TierRule, "The new version.")


@mutation(
    SetTierThresholdsPayload,
    "Set the thresholds of a scheme. The version before stays; grades change at the next regrade.",
)
async def set_tier_thresholds(call: Call, given: SetTierThresholdsInput) -> dict[str, Any]:
    """TIE-2."""
    tiers = tuple((tier.code, tier.conditions) for tier in given.tiers)
    thresholds = Thresholds(given.window_days, given.currency, tiers)
    rule = await TierService(call.work, call.viewer).set_thresholds(
        key_in(given, "scheme_id"), thresholds, given.valid_from
    )
    return {"rule": rule.id}


@strawberry.input(description="Which scheme to grade anew, and as of when.")
class RegradeCustomersInput(Input):
    """The scheme is required."""

    scheme_id: strawberry.ID = accepts_id(models.TierScheme, "The scheme.")
    as_of: DateTime | None = strawberry.field(
        default=None, description="Grade as of this time; now unless given. Not before the newest grade."
    )


@strawberry.type(description="What a regrade did.")
class RegradeCustomersPayload:
    """Payload of regradeCustomers."""

    scheme: TierScheme | None = changed(models.TierScheme, "The scheme.")
    rule_version: int | None = strawberry.field(
        description="Version of the rule that graded; null where nobody has set thresholds, "
        "so that nobody was graded."
    )
    moved: int = strawberry.field(description="How many customers came into another tier.")
    unchanged: int = strawberry.field(description="How many customers stayed.")
    kept_by_hand: int = strawberry.field(
        description="How many customers have a tier by hand that still holds."
    )


@mutation(
    RegradeCustomersPayload,
    "Grade all customers of a scheme anew by its rule. A second time changes nothing.",
)
async def regrade_customers(call: Call, given: RegradeCustomersInput) -> dict[str, Any]:
    """TIE-3."""
    scheme = key_in(given, "scheme_id")
    summary = await TierService(call.work, call.viewer).regrade(scheme, given.as_of)
    counts = summary.tiers.values()
    return {
        "scheme": scheme,
        "rule_version": summary.version,
        "moved": sum(c.moved for c in counts),
        "unchanged": sum(c.unchanged for c in counts),
        "kept_by_hand": summary.kept_by_hand,
    }


MUTATIONS = (set_manual_tier, set_tier_thresholds, regrade_customers)
