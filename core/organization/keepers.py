"""Who may give roles: the last of them must not be lost, or nobody could ever be let in again."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.access.cells import Cells
from core.access.plan import AccessPlan, Catalogue
from core.access.rules import Policy
from core.organization.models import Employee, EmployeeRole
from core.organization.permissions import ASSIGN_EMPLOYEE, UPDATE_EMPLOYEE


def keeping_roles(catalogue: Catalogue, policy: Policy) -> list[str]:
    """The roles that may assign roles to every employee, whatever their names are.

    That is an update, of somebody who can be seen.
    """
    everywhere = catalogue.relations.possible(ASSIGN_EMPLOYEE.type)
    spoken = policy.about(f"type:{ASSIGN_EMPLOYEE.type}")
    plans = {role: AccessPlan(catalogue, spoken.rules_of((role,))) for role in spoken.roles}
    return [role for role, plan in plans.items() if _giving(plan) == everywhere]


def _giving(plan: AccessPlan) -> Cells:
    """In which cells roles can be given."""
    asked = (ASSIGN_EMPLOYEE, UPDATE_EMPLOYEE)
    return plan.rows(ASSIGN_EMPLOYEE.type).intersection(*(plan.cells(one.type, one.act) for one in asked))


async def keepers(session: AsyncSession, catalogue: Catalogue, policy: Policy) -> set[UUID]:
    """The active employees with such a role; locked, so that of two who remove each other one waits."""
    found = await session.scalars(
        sa.select(Employee.id)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .where(Employee.suspended_at.is_(None), EmployeeRole.role.in_(keeping_roles(catalogue, policy)))
        .order_by(Employee.id)
        .with_for_update()
    )
    return set(found)
