"""Changes of activities and assessments, as far as the core goes (ACT-3, ACT-8, ASM-2)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.activities import models
from core.activities.choices import ActivityKind, ParticipationStatus
from core.activities.service import ActivityService
from core.customers.models import Customer
from schema.types.activities import Activity, Participation
from schema.vocabulary import DateTime
from schema.vocabulary.mutations import Call, Input, accepts, accepts_id, changed, key_in, mutation, values_of


@strawberry.input(description="An activity to be entered, as a draft.")
class CreateActivityInput(Input):
    """Title and kind are required."""

    title: str = accepts(models.Activity.title, required=True)
    kind: ActivityKind = accepts(models.Activity.kind, required=True)
    starts_at: DateTime | None = accepts(models.Activity.starts_at)
    ends_at: DateTime | None = accepts(models.Activity.ends_at)
    place: str | None = accepts(models.Activity.place)


@strawberry.type(description="The activity that was entered.")
class CreateActivityPayload:
    """Payload of createActivity."""

    activity: Activity | None = changed(models.Activity, "The activity.")


@mutation(CreateActivityPayload, "Enter an activity as a draft; you are responsible for it.")
async def create_activity(call: Call, given: CreateActivityInput) -> dict[str, Any]:
    """ACT-3."""
    return {"activity": (await ActivityService(call.work, call.viewer).create_activity(values_of(given))).id}


@strawberry.input(description="A customer who takes part in an activity.")
class RegisterParticipationInput(Input):
    """Activity and customer are required."""

    activity_id: strawberry.ID = accepts_id(models.Activity, "The activity.")
    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")
    status: ParticipationStatus | None = accepts(models.Participation.status, "Registered unless given.")
    satisfaction: int | None = accepts(models.Participation.satisfaction)
    remarks: str | None = accepts(models.Participation.remarks)


@strawberry.type(description="The participation that was recorded.")
class RegisterParticipationPayload:
    """Payload of registerParticipation."""

    participation: Participation | None = changed(
        models.Participation, "The participation; null where it is not visible to you."
    )


@mutation(RegisterParticipationPayload, "Note that a customer takes part in an activity.")
async def register_participation(call: Call, given: RegisterParticipationInput) -> dict[str, Any]:
    """ACT-8."""
    service = ActivityService(call.work, call.viewer)
    row = await service.register_participation(
        key_in(given, "activity_id"), key_in(given, "customer_id"), values_of(given)
    )
    return {"participation": row.id}


MUTATIONS = (create_activity, register_participation)
