"""What may be done to departments and employees (ACC-7); suspending them is in `core.cases`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import allowed_in, allowed_on, allowed_somewhere, cell_of
from core.access.rules import EVERYONE, Policy
from core.access.viewer import Viewer
from core.access.writing import add, change
from core.audit.choices import AuditKind
from core.audit.records import record
from core.db.database import UnitOfWork
from core.db.model import camel
from core.errors import Conflict
from core.ids import global_id
from core.organization import permissions
from core.organization.errors import NobodyLeft, NotYourself, OwnAncestor, UnknownRole
from core.organization.keepers import keepers
from core.organization.models import Department, Employee, EmployeeRole
from core.organization.people import FormerSubject
from core.organization.principals import departments_below
from core.text import Text

DEPARTMENT = Text("department", "部门")
EMPLOYEE = Text("employee", "员工")
SUSPENDED = Text(
    "the employee is suspended, and tokens of this subject have to stay refused; restore the employee first",
    "该员工已停用，此主体的令牌须继续被拒绝；请先恢复该员工",
)
# What widens an employee's rights asks for more than the right to correct a title.
RIGHTS = frozenset({"roles", "department_id", "subject"})


@dataclass(frozen=True)
class OrganizationService:
    """Departments and employees, as one caller may change them. `policy` says which roles there are."""

    work: UnitOfWork
    viewer: Viewer
    policy: Policy

    async def create_department(self, values: Mapping[str, Any]) -> Department:
        """Enter a department: name, kind, parent_id."""
        allowed_somewhere(self.viewer, permissions.CREATE_DEPARTMENT)
        await self._department(values.get("parent_id"), "parentId")
        row = Department(id=self.work.ids.new(), created_at=self.work.clock.now())
        await add(self.work, self.viewer, permissions.CREATE_DEPARTMENT, row, values)
        return row

    async def update_department(self, key: UUID, changes: Mapping[str, Any]) -> Department:
        """Rename a department, or move it with all that is below; never below itself (OWN_ANCESTOR)."""
        allowed_somewhere(self.viewer, permissions.UPDATE_DEPARTMENT)
        at = (Department, key, DEPARTMENT)
        await allowed_on(self.work, self.viewer, permissions.UPDATE_DEPARTMENT, *at)
        if parent := changes.get("parent_id"):
            await self._department(parent, "parentId")
            # Two moves at once could close a circle that neither sees: one waits for the other.
            await self.work.session.execute(sa.select(Department.id).with_for_update())
            below = departments_below(sa.select(Department.id).where(Department.id == key))
            if await self.work.session.scalar(sa.select(below.c.id).where(below.c.id == parent)):
                raise OwnAncestor("parentId")
        return await change(self.work, self.viewer, permissions.UPDATE_DEPARTMENT, at, changes)

    async def create_employee(self, values: Mapping[str, Any]) -> Employee:
        """Enter an employee; `roles` beside the columns. The subject is the employee's id unless given."""
        allowed_somewhere(self.viewer, permissions.CREATE_EMPLOYEE)
        given = dict(values)
        roles = given.pop("roles", None) or ()
        await self._department(given.get("department_id"), "departmentId")
        key = self.work.ids.new()
        row = Employee(id=key, subject=global_id("emp", key), created_at=self.work.clock.now())
        await add(self.work, self.viewer, permissions.CREATE_EMPLOYEE, row, given)
        if roles:
            await allowed_on(
                self.work, self.viewer, permissions.ASSIGN_EMPLOYEE, Employee, key, EMPLOYEE, "roles"
            )
            await self._set_roles(key, roles)
        return row

    async def update_employee(self, key: UUID, changes: Mapping[str, Any]) -> Employee:
        """Change an employee. Roles, department and subject ask for `assign`; nobody changes their own.

        Tokens of a subject that was changed are refused from then on, until somebody else is given it.
        """
        allowed_somewhere(self.viewer, permissions.UPDATE_EMPLOYEE)
        given = dict(changes)
        roles = given.pop("roles", None)
        if rights := sorted(RIGHTS & changes.keys()):
            cell = await cell_of(self.work, self.viewer, Employee, key, EMPLOYEE)
            allowed_in(self.viewer, permissions.ASSIGN_EMPLOYEE, cell, camel(rights[0]))
            if key == self.viewer.employee:
                raise NotYourself("id")
        former = await self._subject(key) if "subject" in given else None
        await self._department(given.get("department_id"), "departmentId")
        at = (Employee, key, EMPLOYEE)
        row = await change(self.work, self.viewer, permissions.UPDATE_EMPLOYEE, at, given)
        if former not in (None, row.subject):
            await self.work.session.merge(FormerSubject(subject=former, employee_id=key))
            await self.work.session.flush()
        if roles is not None:
            await self._set_roles(key, roles)
        return row

    async def _subject(self, key: UUID) -> str:
        """The subject as it is, locked; CONFLICT where it has to stay."""
        held = sa.select(Employee.subject, Employee.suspended_at).where(Employee.id == key)
        subject, suspended = (await self.work.session.execute(held.with_for_update())).one()
        if suspended is not None:
            raise Conflict("subject", SUSPENDED)
        return subject  # type: ignore[no-any-return]

    async def _department(self, key: UUID | None, field: str) -> None:
        if key is not None:
            await cell_of(self.work, self.viewer, Department, key, DEPARTMENT, field)

    async def _set_roles(self, key: UUID, roles: Iterable[str]) -> None:
        """Exactly these roles; NOBODY_LEFT where the last one who may give roles would lose that."""
        session, wanted = self.work.session, sorted(set(roles))
        known = self.policy.roles.keys() - {EVERYONE}  # all have that one, and none acts in it
        for role in wanted:
            if role not in known:
                raise UnknownRole("roles", role=role, known=", ".join(sorted(known)))
        before = await keepers(session, self.viewer.plan.catalogue, self.policy)
        held = await session.scalars(
            sa.delete(EmployeeRole).where(EmployeeRole.employee_id == key).returning(EmployeeRole.role)
        )
        await record(
            self.work,
            self.viewer,
            AuditKind.POLICY,
            about="Employee",
            row_id=key,
            fields=["Employee.roles"],
            before={"roles": sorted(held)},
            after={"roles": wanted},
        )
        session.add_all(EmployeeRole(id=self.work.ids.new(), employee_id=key, role=role) for role in wanted)
        await session.flush()
        if before == {key} and not await keepers(session, self.viewer.plan.catalogue, self.policy):
            raise NobodyLeft("roles")
