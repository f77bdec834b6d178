"""Suspending employees, and the cases that this opens (ACC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import Permission, allowed_on, allowed_somewhere
from core.access.reasons import explained, remarked
from core.access.rules import Policy
from core.access.viewer import Viewer
from core.approvals.errors import FourEyes
from core.approvals.service import person_of
from core.audit.choices import AuditKind
from core.audit.records import record
from core.cases.choices import Outcome
from core.cases.events import CaseClosed, CaseOpened
from core.cases.models import AbuseCase
from core.cases.permissions import DECIDE_CASE, LEAD_CASE
from core.db.database import UnitOfWork
from core.errors import Conflict, Forbidden, InvalidInput
from core.events.publish import publish
from core.organization.errors import NobodyLeft, NotYourself
from core.organization.events import EmployeeRestored, EmployeeSuspended
from core.organization.keepers import keepers
from core.organization.models import Employee
from core.organization.permissions import SUSPEND_EMPLOYEE
from core.text import Text

CASE = Text("case", "案件")
EMPLOYEE = Text("employee", "员工")
REQUIRED = Text("this has to be said", "此处必须说明")
NO_PENALTY = Text(
    "whose permissions are restored gets no penalty; leave it out", "恢复权限时不处罚；请勿填写"
)
IS_OPEN = Text(
    "a case of this employee is open; decide on it first", "该员工有尚未结案的案件；请先就其作出决定"
)
IS_CLOSED = Text("the case is closed", "案件已结")
SUSPENDED = Text(
    "the employee is suspended already; tell what you found to somebody who may read the cases",
    "该员工已停用；请将发现告知可查阅案件的人",
)
NOT_READ = Text(
    "who ends a suspension has to be allowed to read the cases of the employee; ask an administrator",
    "解除停权者须可查阅该员工的案件；请联系管理员",
)


@dataclass(frozen=True)
class CaseService:
    """Suspensions and cases, as one caller may act on them. `policy` says who may give roles."""

    work: UnitOfWork
    viewer: Viewer
    policy: Policy

    async def suspend(self, key: UUID, finding: str) -> AbuseCase:
        """Stop an employee's permissions at once and open a case; CONFLICT where one is open already.

        Who may not read the cases gets CONFLICT on anybody who is suspended, whether or not one is open.
        """
        allowed_somewhere(self.viewer, SUSPEND_EMPLOYEE)
        said = explained("finding", finding, REQUIRED)
        if key == self.viewer.employee:
            raise NotYourself("employeeId")
        left = await keepers(self.work.session, self.viewer.plan.catalogue, self.policy)
        employee, reads = await self._employee(key)
        if left == {key}:
            raise NobodyLeft("employeeId")
        if employee.suspended_at is not None and not reads:
            raise Conflict("employeeId", SUSPENDED)
        if await self._open(key):
            raise Conflict("employeeId", IS_OPEN)
        now = self.work.clock.now()
        if employee.suspended_at is None:
            employee.suspended_at = now
            await publish(self.work, EmployeeSuspended(employee_id=key))
        employee.suspension_reason = said
        case = AbuseCase(
            id=self.work.ids.new(),
            employee_id=key,
            opened_at=now,
            opened_by_id=self.viewer.employee,
            finding=said,
        )
        self.work.session.add(case)
        await publish(self.work, CaseOpened(case_id=case.id, employee_id=key))
        await self._record(case, {}, {"employee_id": key, "finding": said})
        await self.work.session.flush()
        return case

    async def restore(self, key: UUID) -> Employee:
        """End a suspension whose case is closed: a penalty is over. CONFLICT while a case is open.

        FORBIDDEN to who may not read the employee's cases: CONFLICT would tell of one. As every act that
        ends something, it succeeds where there is nothing to end.
        """
        allowed_somewhere(self.viewer, SUSPEND_EMPLOYEE)
        if key == self.viewer.employee:
            raise NotYourself("employeeId")
        employee, reads = await self._employee(key)
        if not reads:
            raise Forbidden("employeeId", NOT_READ)
        if await self._open(key):
            raise Conflict("employeeId", IS_OPEN)
        await self._record(employee, {"suspended_at": employee.suspended_at}, {"suspended_at": None})
        await self._lift(employee)
        await self.work.session.flush()
        return employee

    async def record_statement(self, key: UUID, statement: str) -> AbuseCase:
        """Write down what the employee says, who can't sign in; the last one counts while it is open."""
        allowed_somewhere(self.viewer, LEAD_CASE)
        said = explained("statement", statement, REQUIRED)
        case = await self._case(key, LEAD_CASE)
        before = {"statement": case.statement}
        case.statement, case.statement_at = said, self.work.clock.now()
        await self._record(case, before, {"statement": said})
        await self.work.session.flush()
        return case

    async def decide(
        self, key: UUID, outcome: Outcome, decision: str, penalty: str | None = None
    ) -> AbuseCase:
        """Close a case; FOUR_EYES for who opened it. RESTORED ends the suspension, PENALTY names one."""
        allowed_somewhere(self.viewer, DECIDE_CASE)
        said, fine = explained("decision", decision, REQUIRED), remarked("penalty", penalty)
        if outcome is Outcome.PENALTY:
            explained("penalty", fine or "", REQUIRED)
        if outcome is Outcome.RESTORED and fine:
            raise InvalidInput("penalty", NO_PENALTY)
        person = person_of(self.viewer)
        case = await self._case(key, DECIDE_CASE)
        if person == case.opened_by_id:
            raise FourEyes("caseId")
        case.outcome, case.decision, case.penalty = outcome, said, fine
        case.decided_by_id, case.decided_at = person, self.work.clock.now()
        case.closed_at = case.decided_at
        if outcome is Outcome.RESTORED:
            await self._lift(await self._locked(case.employee_id))
        await publish(self.work, CaseClosed(case_id=key, employee_id=case.employee_id, outcome=outcome))
        after = {"outcome": outcome.name, "decision": said, "penalty": case.penalty}
        await self._record(case, dict.fromkeys(after), after)
        await self.work.session.flush()
        return case

    async def _employee(self, key: UUID) -> tuple[Employee, bool]:
        """The employee, if the caller may suspend them, and whether the caller may read their cases."""
        place = (Employee, key, EMPLOYEE, "employeeId")
        cell = await allowed_on(self.work, self.viewer, SUSPEND_EMPLOYEE, *place)
        # A case stands where its employee stands.
        return await self._locked(key), cell in self.viewer.plan.rows(AbuseCase.__name__)

    async def _locked(self, key: UUID) -> Employee:
        """The employee; of two who act one waits."""
        return await self.work.session.get_one(Employee, key, with_for_update=True)

    async def _case(self, key: UUID, permission: Permission) -> AbuseCase:
        """The case, locked, if it is open; nobody acts on their own."""
        await allowed_on(self.work, self.viewer, permission, AbuseCase, key, CASE, "caseId")
        case = await self.work.session.get_one(AbuseCase, key, with_for_update=True)
        if case.employee_id == self.viewer.employee:
            raise NotYourself("caseId")
        if case.closed_at is not None:
            raise Conflict("caseId", IS_CLOSED)
        return case

    async def _open(self, key: UUID) -> UUID | None:
        found = sa.select(AbuseCase.id).where(AbuseCase.employee_id == key, AbuseCase.closed_at.is_(None))
        return await self.work.session.scalar(found)

    async def _lift(self, employee: Employee) -> None:
        if employee.suspended_at is not None:
            await publish(self.work, EmployeeRestored(employee_id=employee.id))
        employee.suspended_at = employee.suspension_reason = None

    async def _record(
        self, row: AbuseCase | Employee, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        work, kind, about = self.work, AuditKind.SUSPENSION, type(row).__name__
        await record(work, self.viewer, kind, about=about, row_id=row.id, before=before, after=after)
