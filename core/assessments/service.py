"""What may be done to assessments (ASM-1 to ASM-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.access.guard import allowed_somewhere, cell_of
from core.access.viewer import Viewer
from core.access.writing import add
from core.assessments import permissions
from core.assessments.models import Assessment
from core.db.database import UnitOfWork
from core.errors import InvalidInput
from core.organization.models import Department, Employee
from core.text import Text

EMPLOYEE = Text("employee", "员工")
DEPARTMENT = Text("department", "部门")
PERIOD = Text("the period can't end before it starts", "周期的结束不可早于开始")


@dataclass(frozen=True)
class AssessmentService:
    """Assessments, as one caller may enter them."""

    work: UnitOfWork
    viewer: Viewer

    async def record_assessment(self, values: Mapping[str, Any]) -> Assessment:
        """Enter an assessment by hand: it says so, and by whom (ASM-2).

        An employee's assessment stands in the employee's department, whatever department is given.
        """
        allowed_somewhere(self.viewer, permissions.RECORD_ASSESSMENT)
        session, given = self.work.session, dict(values)
        if given["period_end"] < given["period_start"]:
            raise InvalidInput("periodEnd", PERIOD)
        if employee := given.get("employee_id"):
            await cell_of(self.work, self.viewer, Employee, employee, EMPLOYEE, "employeeId")
            given["department_id"] = await session.scalar(
                sa.select(Employee.department_id).where(Employee.id == employee)
            )
        elif department := given.get("department_id"):
            await cell_of(self.work, self.viewer, Department, department, DEPARTMENT, "departmentId")
        row = Assessment(
            id=self.work.ids.new(),
            computed=False,
            created_by_id=self.viewer.employee,
            created_at=self.work.clock.now(),
        )
        await add(self.work, self.viewer, permissions.RECORD_ASSESSMENT, row, given)
        return row
