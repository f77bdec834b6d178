"""What happens to cases."""

from __future__ import annotations

from uuid import UUID

from core.cases.choices import Outcome
from core.events.declare import Event


class CaseOpened(Event, name="case.opened", version=1):
    """An abuse was suspected: the employee's permissions are suspended."""

    case_id: UUID
    employee_id: UUID


class CaseClosed(Event, name="case.closed", version=1):
    """A case was decided."""

    case_id: UUID
    employee_id: UUID
    outcome: Outcome


ALL: tuple[type[Event], ...] = (CaseOpened, CaseClosed)
