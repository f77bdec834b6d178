"""What happens to tiers."""

from __future__ import annotations

from uuid import UUID

from core.events.declare import Event


class TierChanged(Event, name="tier.changed", version=1):
    """A customer came into a tier: by a regrade, or by hand."""

    assignment_id: UUID
    customer_id: UUID
    scheme_id: UUID
    tier_id: UUID


ALL: tuple[type[Event], ...] = (TierChanged,)
