"""What happens in activities."""

from __future__ import annotations

from uuid import UUID

from core.events.declare import Event


class ParticipationRecorded(Event, name="participation.recorded", version=1):
    """It was noted that a customer takes part in an activity."""

    participation_id: UUID
    customer_id: UUID
    activity_id: UUID


ALL: tuple[type[Event], ...] = (ParticipationRecorded,)
