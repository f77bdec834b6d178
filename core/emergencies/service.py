"""Break-glass: opening, ending and reviewing it (BEY-8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import NOT_ALLOWED, Permission, allowed_on, allowed_on_new, allowed_somewhere, cell_of
from core.access.reasons import explained
from core.access.viewer import Viewer
from core.access.writing import insert
from core.audit.choices import AuditKind
from core.audit.records import record
from core.clock import midnight
from core.db.database import UnitOfWork
from core.emergencies import permissions
from core.emergencies.errors import TooManyEmergencies
from core.emergencies.events import EmergencyEnded, EmergencyOpened
from core.emergencies.models import Emergency
from core.errors import Conflict, Forbidden, InvalidInput
from core.events.publish import publish
from core.organization.errors import NotYourself
from core.organization.models import Employee
from core.text import Text

SHORTEST_REASON = 20
MOST_MINUTES = 240
REVIEW_DAYS = 3
SATURDAY = 5
EMERGENCY = Text("break-glass", "紧急授权")
REASON = Text("say why, in {least} characters or more", "请说明原因，不少于 {least} 个字符")
MINUTES = Text("from 1 to {most}", "应为 1 至 {most}")
OPEN_ALREADY = Text(
    "one of yours is open until {until}; end it first", "您已有一项紧急授权，有效至 {until}；请先终止"
)
STILL_OPEN = Text("it is still open: review it when it has ended", "尚未结束：请在结束后复核")
REVIEWED = Text("it has been reviewed already", "已复核")
FINDING = Text("say what you found", "请说明复核结论")


@dataclass(frozen=True)
class EmergencyService:
    """Emergencies, as one caller may open and review them. `zone`: in which days begin."""

    work: UnitOfWork
    viewer: Viewer
    zone: dt.tzinfo
    most_a_day: int

    async def open(self, reason: str, minutes: int) -> Emergency:
        """Rules with the relation `emergency` count for the caller, for so long.

        CONFLICT while one is open; TOO_MANY_EMERGENCIES for one more than the settings allow a day.
        """
        employee, now = self._employee(permissions.OPEN_EMERGENCY), self.work.clock.now()
        why = explained("reason", reason, REASON, SHORTEST_REASON)
        if not 1 <= minutes <= MOST_MINUTES:
            raise InvalidInput("minutes", MINUTES, most=MOST_MINUTES)
        ends = now + dt.timedelta(minutes=minutes)
        row = Emergency(
            id=self.work.ids.new(),
            employee_id=employee,
            role=self.viewer.roles[0],
            reason=why,
            opened_at=now,
            ends_at=ends,
            review_due_on=review_day(ends.astimezone(self.zone).date()),
        )
        await allowed_on_new(self.work, self.viewer, permissions.OPEN_EMERGENCY, row, {})
        await self._one_more(employee, now)
        await insert(self.work, row)
        await self._record(row, "reason", "ends_at")
        told = EmergencyOpened(emergency_id=row.id, employee_id=employee, ends_at=ends)
        await publish(self.work, told)
        return row

    async def end(self, key: UUID) -> Emergency:
        """End one's own, or anybody's by who reviews them; a second time keeps the first time."""
        cells = {cell for one in permissions.ALL for cell in self.viewer.plan.cells(one.type, one.act)}
        if not cells:
            raise Forbidden(None, NOT_ALLOWED)
        if await cell_of(self.work, self.viewer, Emergency, key, EMERGENCY) not in cells:
            raise Forbidden("id", NOT_ALLOWED)
        row = await self.work.session.get_one(Emergency, key, with_for_update=True)
        if row.ended_at is None:
            await close(self.work, row)
            await self._record(row, "ended_at")
        return row

    async def review(self, key: UUID, finding: str) -> Emergency:
        """Say what was found. NOT_YOURSELF for one's own, CONFLICT while it is open or once it was done."""
        reviewer = self._employee(permissions.REVIEW_EMERGENCY)
        found = explained("finding", finding, FINDING)
        await allowed_on(self.work, self.viewer, permissions.REVIEW_EMERGENCY, Emergency, key, EMERGENCY)
        row = await self.work.session.get_one(Emergency, key, with_for_update=True)
        now = self.work.clock.now()
        if row.employee_id == reviewer:
            raise NotYourself("id")
        if row.reviewed_at is not None:
            raise Conflict("id", REVIEWED)
        if row.ended_at is None and row.ends_at > now:
            raise Conflict("id", STILL_OPEN)
        row.finding, row.reviewed_at, row.reviewed_by_id = found, now, reviewer
        await self.work.session.flush()
        await self._record(row, "finding")
        return row

    def _employee(self, permission: Permission) -> UUID:
        """Who acts; FORBIDDEN without the right, and for a program: somebody has to answer for it."""
        allowed_somewhere(self.viewer, permission)
        if self.viewer.employee is None:
            raise Forbidden(None, NOT_ALLOWED)
        return self.viewer.employee

    async def _one_more(self, employee: UUID, now: dt.datetime) -> None:
        """Refuse what would be too much; of two who ask at once one waits here."""
        session = self.work.session
        await session.execute(sa.select(Employee.id).where(Employee.id == employee).with_for_update())
        mine = sa.select(Emergency).where(Emergency.employee_id == employee)
        known = await session.scalar(mine.where(Emergency.ended_at.is_(None)))
        if known is not None and known.ends_at > now:
            until = known.ends_at.astimezone(self.zone).isoformat(timespec="minutes")
            raise Conflict(None, OPEN_ALREADY, until=until)
        if known is not None:
            await close(self.work, known)
        began = midnight(now.astimezone(self.zone).date(), self.zone)
        today = sa.select(sa.func.count()).select_from(mine.where(Emergency.opened_at >= began).subquery())
        if (await session.scalar(today) or 0) >= self.most_a_day:
            raise TooManyEmergencies(most=self.most_a_day)

    async def _record(self, row: Emergency, *names: str) -> None:
        after = {name: getattr(row, name) for name in names}
        await record(
            self.work, self.viewer, AuditKind.EMERGENCY, about="Emergency", row_id=row.id, after=after
        )


async def close(work: UnitOfWork, row: Emergency) -> None:
    """It ends now, or ended by itself."""
    row.ended_at = min(work.clock.now(), row.ends_at)
    await work.session.flush()
    await publish(work, EmergencyEnded(emergency_id=row.id, employee_id=row.employee_id))


def review_day(ended: dt.date) -> dt.date:
    """The third working day (Monday to Friday) after this one."""
    day, left = ended, REVIEW_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day
