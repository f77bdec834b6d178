"""Every five minutes: emergencies that ran out are closed, and told of where nobody reviewed them in time."""

from __future__ import annotations

import sqlalchemy as sa

from core.emergencies.events import EmergencyOverdue
from core.emergencies.models import Emergency
from core.emergencies.service import close
from core.events.publish import publish
from core.jobs.declare import Context, Job, Payload
from core.settings import Settings
from core.text import Text

BATCH = 200


async def look_after(context: Context, payload: Payload) -> Payload | None:
    """Close and tell of a batch; on with the next where it was full."""
    work, now = context.work, context.work.clock.now()
    today = now.astimezone(context.services[Settings].zone).date()
    ran_out = sa.and_(Emergency.ended_at.is_(None), Emergency.ends_at <= now)
    late = sa.and_(
        Emergency.reviewed_at.is_(None), Emergency.overdue_at.is_(None), Emergency.review_due_on < today
    )
    asked = sa.select(Emergency).where(ran_out | late).order_by(Emergency.id).limit(BATCH).with_for_update()
    rows = (await work.session.scalars(asked)).all()
    for row in rows:
        if row.ended_at is None and row.ends_at <= now:
            await close(work, row)
        if row.reviewed_at is None and row.overdue_at is None and row.review_due_on < today:
            row.overdue_at = now
            await publish(work, EmergencyOverdue(emergency_id=row.id, employee_id=row.employee_id))
    return payload if len(rows) == BATCH else None


LOOK_AFTER = Job(
    "core.emergencies",
    look_after,
    Text("close emergencies that ran out, tell of overdue reviews", "关闭到期的紧急授权，提示逾期未复核"),
    every="*/5 * * * *",
)
ALL = (LOOK_AFTER,)
