"""What happens to emergencies. The reason is not told: it may name a customer."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from core.events.declare import Event


class EmergencyOpened(Event, name="emergency.opened", version=1):
    """An employee broke the glass."""

    emergency_id: UUID
    employee_id: UUID
    ends_at: dt.datetime


class EmergencyEnded(Event, name="emergency.ended", version=1):
    """An emergency was ended, or ended by itself some minutes ago at most."""

    emergency_id: UUID
    employee_id: UUID


class EmergencyOverdue(Event, name="emergency.overdue", version=1):
    """An emergency was not reviewed within three working days; told once."""

    emergency_id: UUID
    employee_id: UUID


ALL: tuple[type[Event], ...] = (EmergencyOpened, EmergencyEnded, EmergencyOverdue)
