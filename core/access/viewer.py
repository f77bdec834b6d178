"""Who asks: the employee, their departments, the roles they act in and the plan that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.access.plan import AccessPlan
from core.access.purposes import Purpose
from core.access.relations import DEPARTMENTS, EMPLOYEE, PURPOSE
from core.text import Language


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request.

    `employee` is None for a subject that is no employee: only the relation `all` applies.
    """

    subject: str
    employee: UUID | None
    departments: tuple[UUID, ...]
    roles: tuple[str, ...]
    plan: AccessPlan
    language: Language = "en"
    narrow: frozenset[str] = frozenset()
    """Types of which the caller is related to few rows; see `core.access.breadth`."""
    purpose: Purpose | None = None
    """What the request uses customers' data for, as the caller declared."""
    emergency: UUID | None = None
    """The caller's open break-glass, whose rules count in the plan."""
    held: frozenset[str] = frozenset()
    """The circumstances that hold, of those that the policies speak of."""
    exporting: bool = False
    """Whether what is read leaves the house as a file; the plan is then one for exports."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the relation predicates' parameters."""
        return {EMPLOYEE: self.employee, DEPARTMENTS: list(self.departments), PURPOSE: self.purpose}
