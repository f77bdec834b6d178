"""Who signs in: one read that finds the employee of a subject with roles and departments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.circumstances import EMERGENCY
from core.clock import UTC
from core.db.asking import ask, key
from core.db.database import Database
from core.db.statements import Statement
from core.db.types import Text
from core.emergencies.models import Emergency
from core.jobs.taking import moment
from core.organization.models import Department, Employee, EmployeeRole
from core.organization.people import FormerSubject
from core.qualifications.lacking import days_in, lacking, last_days
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Principal:
    """An employee as sign-in needs them. `departments`: the employee's own and all below it."""

    employee: UUID
    roles: tuple[str, ...]
    departments: tuple[UUID, ...]
    suspended: bool
    narrow: frozenset[str] = frozenset()
    """See `core.access.breadth`."""
    missing: frozenset[str] = frozenset()
    """What the employee lacks, as circumstances are named; see `core.access.circumstances`."""
    missing_until: dt.datetime | None = None
    """When that may change by itself: the next qualification runs out. None: it does not."""
    emergency: UUID | None = None
    """The open break-glass, when it ends, and the role in which it counts."""
    emergency_until: dt.datetime | None = None
    emergency_role: str = ""

    @property
    def held(self) -> frozenset[str]:
        """The circumstances that hold for the employee, whatever the request."""
        return self.missing | {EMERGENCY} if self.emergency else self.missing

    @property
    def until(self) -> dt.datetime | None:
        """When any of that changes by itself; None where it does not."""
        ends = [end for end in (self.missing_until, self.emergency_until) if end is not None]
        return min(ends, default=None)

    def acting_in(self, role: str) -> Principal:
        """The employee in this role: a break-glass counts only in the one in which it was opened (BEY-8)."""
        if self.emergency is None or role == self.emergency_role:
            return self
        return replace(self, emergency=None, emergency_until=None)


def departments_below(top: sa.Select[Any]) -> sa.CTE:
    """The departments whose keys `top` selects, and all below them. Ends also where the tree has a circle."""
    tree = top.cte("tree", recursive=True)
    below = sa.select(Department.id).join(tree, Department.parent_id == tree.c.id)
    return tree.union(below)


def _found() -> Statement:
    """Each role of the employee with each department, and beside each what is one; by the subject."""
    subject = sa.bindparam("subject", type_=Text)
    tree = departments_below(sa.select(Employee.department_id.label("id")).where(Employee.subject == subject))
    days = last_days(sa.select(Employee.id).where(Employee.subject == subject).scalar_subquery())
    opened = sa.and_(Emergency.employee_id == Employee.id, Emergency.ended_at.is_(None))
    emergency = (Emergency.id, Emergency.ends_at, Emergency.role)
    suspended = Employee.suspended_at.is_not(None)
    return Statement(
        sa.select(Employee.id, suspended, EmployeeRole.role, tree.c.id, *emergency, *days.c)
        .select_from(Employee)
        .outerjoin(Emergency, opened)
        .join(days, sa.true())
        .outerjoin(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(tree, sa.true())
        .where(Employee.subject == subject)
        .order_by(EmployeeRole.role, tree.c.id)
    )


FOUND = _found()
FORMER = Statement(
    sa.select(FormerSubject.employee_id).where(FormerSubject.subject == sa.bindparam("subject", type_=Text))
)


async def load_principal(database: Database, subject: str) -> Principal | None:
    """The employee whose tokens carry this `sub`, as of now; None for a stranger.

    Whose carried it once comes as suspended: or those tokens would be a program's, which nobody answers for.
    """
    rows = await ask(database, FOUND, {"subject": subject})
    if not rows:
        former = await ask(database, FORMER, {"subject": subject})
        return Principal(key(former[0][0]), (), (), suspended=True) if former else None
    employee, suspended, _, _, emergency, ends_at, opened_in, *days = rows[0]
    now = database.clock.now()
    missing, missing_until = lacking(days_in(days), now, _zone(database))
    found = Principal(
        employee=key(employee),
        roles=tuple(dict.fromkeys(row[2] for row in rows if row[2] is not None)),
        departments=tuple(dict.fromkeys(key(row[3]) for row in rows)),
        suspended=bool(suspended),
        missing=missing,
        missing_until=missing_until,
    )
    until = moment(ends_at, database.engine.dialect) if emergency else now
    if until <= now:
        return found
    return replace(found, emergency=key(emergency), emergency_until=until, emergency_role=opened_in)


def _zone(database: Database) -> dt.tzinfo:
    """In which a qualification's last day ends: the company's; UTC for a database of no application."""
    settings = database.services.get(Settings)
    return settings.zone if settings else UTC
