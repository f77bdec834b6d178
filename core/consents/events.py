"""What happens to consents."""

from __future__ import annotations

from uuid import UUID

from core.access.purposes import Purpose
from core.events.declare import Event


class ConsentGiven(Event, name="consent.given", version=1):
    """It was recorded that a customer agreed to a purpose."""

    consent_id: UUID
    customer_id: UUID
    purpose: Purpose


class ConsentWithdrawn(Event, name="consent.withdrawn", version=1):
    """A customer's consent holds no more."""

    consent_id: UUID
    customer_id: UUID
    purpose: Purpose


ALL: tuple[type[Event], ...] = (ConsentGiven, ConsentWithdrawn)
