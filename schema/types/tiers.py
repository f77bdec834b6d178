"""Tiers, their rules, and who is in which with the evidence (TIE-1 to TIE-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.tiers import models
from core.tiers.choices import AssignmentKind
from core.tiers.signals import Signals
from schema.compiler.interpreter import RequestContext
from schema.types.organization import Employee
from schema.vocabulary import (
    Connection,
    DateTime,
    Json,
    Node,
    Relation,
    ascending,
    descending,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.enums import expose

if TYPE_CHECKING:
    from schema.types.customers import Customer

expose(AssignmentKind)


@strawberry.type(description="A way to grade customers, such as by customer value.")
class TierScheme(Node):
    """GraphQL form of `core.tiers.models.TierScheme`."""

    code: str = stored(models.TierScheme.code)
    name: str = stored(models.TierScheme.name)
    name_en: str = stored(models.TierScheme.name_en)
    about: str | None = stored(models.TierScheme.about)
    created_at: DateTime = stored(models.TierScheme.created_at)
    tiers: Connection[Tier] = to_many(
        models.Tier.scheme_id, "The tiers, highest first.", order=[ascending("rank")]
    )
    rules: Connection[TierRule] = to_many(
        models.TierRule.scheme_id, "The versions of the rule, newest first.", order=[descending("version")]
    )


@strawberry.type(description="One tier of a scheme.")
class Tier(Node):
    """GraphQL form of `core.tiers.models.Tier`."""

    code: str = stored(models.Tier.code)
    name: str = stored(models.Tier.name)
    name_en: str = stored(models.Tier.name_en)
    rank: int = stored(models.Tier.rank)
    scheme: TierScheme | None = to_one(models.Tier.scheme_id)
    assignments: Connection[TierAssignment] = to_many(
        models.TierAssignment.tier_id,
        "Who is or was in this tier; latest first.",
        order=[descending("assignedAt")],
    )


@strawberry.type(description="One version of the rule of a scheme; versions are never edited.")
class TierRule(Node):
    """GraphQL form of `core.tiers.models.TierRule`."""

    version: int = stored(models.TierRule.version)
    thresholds: Json | None = stored(models.TierRule.thresholds)
    valid_from: DateTime = stored(models.TierRule.valid_from)
    scheme: TierScheme | None = to_one(models.TierRule.scheme_id)
    created_by: Employee | None = to_one(models.TierRule.created_by_id)


@strawberry.type(
    description="A customer's tier in a scheme, with the evidence. The current one has no end, history has."
)
class TierAssignment(Node):
    """GraphQL form of `core.tiers.models.TierAssignment`."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: AssignmentKind = stored(models.TierAssignment.kind)
    rule_version: int | None = stored(models.TierAssignment.rule_version)
    assigned_at: DateTime = stored(models.TierAssignment.assigned_at)
    valid_until: DateTime | None = stored(models.TierAssignment.valid_until)
    ended_at: DateTime | None = stored(models.TierAssignment.ended_at)
    inputs: Json | None = stored(models.TierAssignment.inputs)
    thresholds: Json | None = stored(models.TierAssignment.thresholds)
    missing: Json | None = stored(models.TierAssignment.missing)
    reason: str | None = stored(models.TierAssignment.reason)
    reason_en: str | None = stored(models.TierAssignment.reason_en)
    customer: Annotated[Customer, strawberry.lazy("schema.types.customers")] | None = to_one(
        models.TierAssignment.customer_id
    )
    scheme: TierScheme | None = to_one(models.TierAssignment.scheme_id)
    tier: Tier | None = to_one(models.TierAssignment.tier_id)
    assigned_by: Employee | None = to_one(models.TierAssignment.assigned_by_id)


@strawberry.type(description="A figure of customers that the rules of tiers can ask for.")
class TierSignal:
    """GraphQL form of `core.tiers.signals.Signal`."""

    name: str = strawberry.field(description="Name that programs use: its plugin, then its own.")
    about: str = strawberry.field(description="What it counts, in the language of `Accept-Language`.")


async def tier_signals(info: strawberry.Info[RequestContext, None]) -> list[TierSignal]:
    """The resolver of `tierSignals`."""
    language, signals = info.context.viewer.language, info.context.services.get(Signals) or Signals()
    return [TierSignal(name=one.name, about=one.about.say(language)) for one in signals.by_name.values()]
