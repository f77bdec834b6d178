"""What happens to qualifications."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from core.events.declare import Event
from core.qualifications.choices import QualificationKind


class QualificationExpiring(Event, name="qualification.expiring", version=1):
    """A qualification runs out within 30 days, and none that lasts longer is there; told once."""

    qualification_id: UUID
    employee_id: UUID
    kind: QualificationKind
    valid_until: dt.date


ALL: tuple[type[Event], ...] = (QualificationExpiring,)
