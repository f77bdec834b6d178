"""Who asks: the employee, their departments, the roles they act in and the plan that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.access.plan import AccessPlan
from core.access.relations import DEPARTMENTS, EMPLOYEE
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

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the relation predicates' parameters."""
        return {EMPLOYEE: self.employee, DEPARTMENTS: list(self.departments)}
