"""What happens to employees."""

from __future__ import annotations

from uuid import UUID

from core.events.declare import Event


class EmployeeSuspended(Event, name="employee.suspended", version=1):
    """An employee's permissions were stopped."""

    employee_id: UUID


class EmployeeRestored(Event, name="employee.restored", version=1):
    """A suspended employee got the permissions back."""

    employee_id: UUID


ALL: tuple[type[Event], ...] = (EmployeeSuspended, EmployeeRestored)
