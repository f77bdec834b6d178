"""Who signs in: one read that finds the employee of a subject with roles and departments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.asking import ask, key
from core.db.database import Database
from core.db.statements import Statement
from core.db.types import Text
from core.organization.models import Department, Employee, EmployeeRole


@dataclass(frozen=True, slots=True)
class Principal:
    """An employee as sign-in needs them. `departments`: the employee's own and all below it."""

    employee: UUID
    roles: tuple[str, ...]
    departments: tuple[UUID, ...]
    suspended: bool
    narrow: frozenset[str] = frozenset()
    """See `core.access.breadth`."""


def departments_below(top: sa.Select[Any]) -> sa.CTE:
    """The departments whose keys `top` selects, and all below them. Ends also where the tree has a circle."""
    tree = top.cte("tree", recursive=True)
    below = sa.select(Department.id).join(tree, Department.parent_id == tree.c.id)
    return tree.union(below)


def _roles_and_departments() -> Statement:
    """Each role of the employee with each department; its parameter is the subject."""
    subject = sa.bindparam("subject", type_=Text)
    tree = departments_below(sa.select(Employee.department_id.label("id")).where(Employee.subject == subject))
    return Statement(
        sa.select(Employee.id, Employee.suspended_at.is_not(None), EmployeeRole.role, tree.c.id)
        .select_from(Employee)
        .outerjoin(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(tree, sa.true())
        .where(Employee.subject == subject)
        .order_by(EmployeeRole.role, tree.c.id)
    )


FOUND = _roles_and_departments()


async def load_principal(database: Database, subject: str) -> Principal | None:
    """The employee whose tokens carry this `sub`; None for a stranger."""
    rows = await ask(database, FOUND, {"subject": subject})
    if not rows:
        return None
    roles = dict.fromkeys(role for _, _, role, _ in rows if role is not None)
    departments = dict.fromkeys(key(department) for *_, department in rows)
    return Principal(key(rows[0][0]), tuple(roles), tuple(departments), bool(rows[0][1]))
