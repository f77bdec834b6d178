"""What may be done to qualifications (ACC-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.access.guard import allowed_on, allowed_somewhere
from core.access.reasons import explained
from core.access.viewer import Viewer
from core.access.writing import add, change
from core.db.database import UnitOfWork
from core.errors import InvalidInput
from core.organization.errors import NotYourself
from core.organization.models import Employee
from core.qualifications import permissions
from core.qualifications.choices import QualificationKind
from core.qualifications.models import EmployeeQualification
from core.text import Text

EMPLOYEE = Text("employee", "员工")
QUALIFICATION = Text("qualification", "资质")
FUTURE = Text("this day lies in the future", "日期在将来")
BEFORE = Text("it can't end before it begins", "结束不可早于取得之日")
A_YEAR = Text("a training counts for twelve months: leave this out", "培训自完成起十二个月内有效：此处请留空")


@dataclass(frozen=True)
class QualificationService:
    """Qualifications, as one caller may record them. `zone`: the company's, in which days begin."""

    work: UnitOfWork
    viewer: Viewer
    zone: dt.tzinfo

    async def record(self, employee: UUID, values: Mapping[str, Any]) -> EmployeeQualification:
        """Record kind, obtained_on, valid_until, note. NOT_YOURSELF for one's own: rights may hang on it."""
        allowed_somewhere(self.viewer, permissions.RECORD_QUALIFICATION)
        cell = await allowed_on(
            self.work,
            self.viewer,
            permissions.RECORD_QUALIFICATION,
            Employee,
            employee,
            EMPLOYEE,
            "employeeId",
        )
        if employee == self.viewer.employee:
            raise NotYourself("employeeId")
        now = self.work.clock.now()
        end = self._end(values, now.astimezone(self.zone).date())
        row = EmployeeQualification(
            id=self.work.ids.new(),
            employee_id=employee,
            recorded_by_id=self.viewer.employee,
            recorded_at=now,
        )
        given = {**values, "valid_until": end}
        await add(self.work, self.viewer, permissions.RECORD_QUALIFICATION, row, given, cell)
        return row

    async def revoke(self, key: UUID, reason: str) -> EmployeeQualification:
        """It counts no more, from now on; a second time keeps the first date and reason."""
        allowed_somewhere(self.viewer, permissions.REVOKE_QUALIFICATION)
        why = explained("reason", reason)
        at = (EmployeeQualification, key, QUALIFICATION)
        await allowed_on(self.work, self.viewer, permissions.REVOKE_QUALIFICATION, *at)
        row = await self.work.session.get_one(EmployeeQualification, key, with_for_update=True)
        if row.revoked_at is not None:
            return row
        row.revoked_by_id = self.viewer.employee
        changes = {"revoked_at": self.work.clock.now(), "revocation_reason": why}
        return await change(self.work, self.viewer, permissions.REVOKE_QUALIFICATION, at, changes)

    def _end(self, values: Mapping[str, Any], today: dt.date) -> dt.date | None:
        """The last day on which it counts; INVALID_INPUT for days that can't be."""
        begin: dt.date = values["obtained_on"]
        end: dt.date | None = values.get("valid_until")
        if begin > today:
            raise InvalidInput("obtainedOn", FUTURE)
        if values["kind"] is QualificationKind.TRAINING:
            if end is not None:
                raise InvalidInput("validUntil", A_YEAR)
            return year_after(begin)
        if end is not None and end < begin:
            raise InvalidInput("validUntil", BEFORE)
        return end


def year_after(day: dt.date) -> dt.date:
    """The same day of the next year; 28 February for a 29th."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)
