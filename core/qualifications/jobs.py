"""Each morning it is told which qualifications run out soon (ACC-6)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.events.publish import publish
from core.jobs.declare import Context, Job, Payload
from core.qualifications.events import QualificationExpiring
from core.qualifications.lacking import FOREVER
from core.qualifications.models import EmployeeQualification
from core.settings import Settings
from core.text import Text

SOON = dt.timedelta(days=30)
BATCH = 200


def _ending(today: dt.date) -> sa.Select[EmployeeQualification]:
    """What counts, ends soon, was not told of and is followed by nothing that lasts longer."""
    one, other = EmployeeQualification, aliased(EmployeeQualification)
    longer = sa.exists().where(
        other.employee_id == one.employee_id,
        other.kind == one.kind,
        other.revoked_at.is_(None),
        sa.func.coalesce(other.valid_until, sa.literal(FOREVER, sa.Date)) > one.valid_until,
    )
    return sa.select(one).where(
        one.valid_until.between(today, today + SOON),
        one.revoked_at.is_(None),
        one.reminded_at.is_(None),
        ~longer,
    )


async def remind(context: Context, payload: Payload) -> Payload | None:
    """Tell of a batch; on with the next where it was full."""
    work, now = context.work, context.work.clock.now()
    today = now.astimezone(context.services[Settings].zone).date()
    found = await work.session.scalars(_ending(today).order_by(EmployeeQualification.id).limit(BATCH))
    rows = found.all()
    for row in rows:
        row.reminded_at = now
    await publish(
        work,
        *(
            QualificationExpiring(
                qualification_id=row.id,
                employee_id=row.employee_id,
                kind=row.kind,
                valid_until=row.valid_until,
            )
            for row in rows
        ),
    )
    return payload if len(rows) == BATCH else None


REMIND = Job(
    "core.qualifications",
    remind,
    Text("tell of qualifications that run out within 30 days", "提示将在 30 天内到期的资质"),
    every="0 8 * * *",
)
ALL = (REMIND,)
