"""Recording what customers agreed to (CUS-4)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.access.purposes import Purpose
from core.consents import models
from core.consents.choices import ConsentChannel
from core.consents.service import ConsentService
from schema.types.consents import Consent
from schema.vocabulary import DateTime
from schema.vocabulary.mutations import Call, Input, accepts, accepts_id, changed, key_in, mutation, values_of


@strawberry.input(description="What a customer agreed to.")
class RecordConsentInput(Input):
    """Customer, purpose and channel are required."""

    customer_id: strawberry.ID = accepts(models.Consent.customer_id, required=True)
    purpose: Purpose = accepts(models.Consent.purpose, "A purpose that needs a consent.", required=True)
    channel: ConsentChannel = accepts(models.Consent.channel, required=True)
    given_at: DateTime | None = accepts(
        models.Consent.given_at, "When the customer gave it; now unless given, not in the future."
    )
    evidence: str | None = accepts(models.Consent.evidence)


@strawberry.type(description="The consent that was recorded.")
class RecordConsentPayload:
    """Payload of recordConsent."""

    consent: Consent | None = changed(models.Consent, "The consent.")


@mutation(RecordConsentPayload, "Record that a customer agreed to a purpose.")
async def record_consent(call: Call, given: RecordConsentInput) -> dict[str, Any]:
    """CUS-4."""
    values = values_of(given)
    row = await ConsentService(call.work, call.viewer).record(values.pop("customer_id"), values)
    return {"consent": row.id}


@strawberry.input(description="Which consent holds no more.")
class WithdrawConsentInput(Input):
    """The consent stays as a record."""

    id: strawberry.ID = accepts_id(models.Consent, "The consent.")


@strawberry.type(description="The consent that was withdrawn.")
class WithdrawConsentPayload:
    """Payload of withdrawConsent."""

    consent: Consent | None = changed(models.Consent, "The consent as it is now.")


@mutation(WithdrawConsentPayload, "Record that a customer withdrew a consent; it holds no more from now on.")
async def withdraw_consent(call: Call, given: WithdrawConsentInput) -> dict[str, Any]:
    """CUS-4."""
    return {"consent": (await ConsentService(call.work, call.viewer).withdraw(key_in(given, "id"))).id}


MUTATIONS = (record_consent, withdraw_consent)
