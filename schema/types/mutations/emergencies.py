"""Break-glass: opening, ending and reviewing it (BEY-8)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.emergencies import models
from core.emergencies.errors import TooManyEmergencies
from core.emergencies.service import EmergencyService
from core.organization.errors import NotYourself
from schema.types.emergencies import Emergency
from schema.vocabulary.mutations import Call, Input, accepts_id, changed, key_in, mutation


def _service(call: Call) -> EmergencyService:
    call.people_changed()
    settings = call.settings
    return EmergencyService(call.work, call.viewer, settings.zone, settings.emergencies_a_day)


@strawberry.input(description="Why rights beyond one's own are needed at once, and for how long.")
class BreakGlassInput(Input):
    """Both are required."""

    reason: str = strawberry.field(
        description="Why, in 20 characters or more; auditors are told and read it."
    )
    minutes: int = strawberry.field(description="For how many minutes, from 1 to 240.")


@strawberry.type(description="The break-glass that was opened.")
class BreakGlassPayload:
    """Payload of breakGlass."""

    emergency: Emergency | None = changed(models.Emergency, "The break-glass.")


@mutation(
    BreakGlassPayload,
    "Take the rights that the policies keep for emergencies, for some minutes. "
    "Auditors are told at once, and what you read is recorded one by one.",
    TooManyEmergencies,
)
async def break_glass(call: Call, given: BreakGlassInput) -> dict[str, Any]:
    """BEY-8."""
    return {"emergency": (await _service(call).open(given.reason, given.minutes)).id}


@strawberry.input(description="Which break-glass is over.")
class EndEmergencyInput(Input):
    """One's own, or anybody's by who reviews them."""

    id: strawberry.ID = accepts_id(models.Emergency, "The break-glass.")


@strawberry.type(description="The break-glass that was ended.")
class EndEmergencyPayload:
    """Payload of endEmergency."""

    emergency: Emergency | None = changed(models.Emergency, "The break-glass as it is now.")


@mutation(EndEmergencyPayload, "End a break-glass before its time.")
async def end_emergency(call: Call, given: EndEmergencyInput) -> dict[str, Any]:
    """BEY-8."""
    return {"emergency": (await _service(call).end(key_in(given, "id"))).id}


@strawberry.input(description="What a review of a break-glass found.")
class ReviewEmergencyInput(Input):
    """Both are required."""

    id: strawberry.ID = accepts_id(models.Emergency, "The break-glass; one that has ended.")
    finding: str = strawberry.field(description="What the review found; kept with it.")


@strawberry.type(description="The break-glass that was reviewed.")
class ReviewEmergencyPayload:
    """Payload of reviewEmergency."""

    emergency: Emergency | None = changed(models.Emergency, "The break-glass as it is now.")


@mutation(ReviewEmergencyPayload, "Review a break-glass that somebody else opened.", NotYourself)
async def review_emergency(call: Call, given: ReviewEmergencyInput) -> dict[str, Any]:
    """BEY-8."""
    return {"emergency": (await _service(call).review(key_in(given, "id"), given.finding)).id}


MUTATIONS = (break_glass, end_emergency, review_emergency)
