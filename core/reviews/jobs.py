"""What comes by the clock: the digest of the week before, reviews each quarter, and which are overdue."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.work import UnitOfWork
from core.events.publish import publish
from core.jobs.declare import Context, Job, Payload
from core.office import WorkingHours
from core.organization.models import Department
from core.reviews.choices import ReviewState
from core.reviews.digests import Digested, digest
from core.reviews.events import AccessReviewOverdue
from core.reviews.models import AccessReview
from core.reviews.opening import Opening, Period
from core.reviews.rights import policy_in_force
from core.reviews.weeks import Week
from core.settings import Settings
from core.text import Text

BATCH, SECONDS = 200, 300.0


def _today(context: Context) -> dt.date:
    return context.work.clock.now().astimezone(context.services[Settings].zone).date()


async def digest_week(work: UnitOfWork, settings: Settings, week: Week) -> Digested:
    """Compute a week with the company's working hours."""
    return await digest(work, week, week.worked(WorkingHours.read(settings.working_hours, settings.zone)))


async def digest_last(context: Context, _payload: Payload) -> Payload | None:
    """The last week that is over."""
    settings = context.services[Settings]
    await digest_week(context.work, settings, Week.last(context.work.clock.now(), settings.zone))
    return None


async def open_reviews(context: Context, payload: Payload) -> Payload | None:
    """In the months that are due the review of one department; on with the next.

    `opened_on` and `after` say how far it is.
    """
    settings, work = context.services[Settings], context.work
    day = dt.date.fromisoformat(payload["opened_on"]) if payload else _today(context)
    months = settings.review_months
    if not payload and (not months or (day.year * 12 + day.month - 1) % months):
        return None
    following = sa.select(Department.id).order_by(Department.id).limit(1)
    if "after" in payload:
        following = following.where(Department.id > UUID(payload["after"]))
    department = await work.session.scalar(following)
    policy = await policy_in_force(work)
    if department is None or policy is None:
        return None
    period = Period.before(day, months or 1)
    await Opening(work, policy, context.viewer.plan.catalogue, period, settings.zone).open(department)
    return {"opened_on": day.isoformat(), "after": str(department)}


async def raise_overdue(context: Context, payload: Payload) -> Payload | None:
    """Mark a batch and tell of it; on with the next where it was full."""
    work = context.work
    late: Any = (
        sa.select(AccessReview)
        .where(AccessReview.state == ReviewState.OPEN, AccessReview.due_on < _today(context))
        .order_by(AccessReview.id)
        .limit(BATCH)
        .with_for_update()
    )
    rows = (await work.session.scalars(late)).all()
    for row in rows:
        row.state, row.raised_at = ReviewState.OVERDUE, row.raised_at or work.clock.now()
        event = AccessReviewOverdue(review_id=row.id, department_id=row.department_id, due_on=row.due_on)
        await publish(work, event)
    return payload if len(rows) == BATCH else None


ALL = (
    Job(
        "core.digest",
        digest_last,
        Text("compute the audit's digest of the week before", "计算上一周的审计摘要"),
        every="0 2 * * 1",
        seconds=SECONDS,
    ),
    Job(
        "core.reviews",
        open_reviews,
        Text("open the reviews of departments' rights when they are due", "按期开启各部门的权限审查"),
        every="0 3 1 * *",
        seconds=SECONDS,
    ),
    Job(
        "core.reviews_overdue",
        raise_overdue,
        Text("raise reviews that are overdue", "升级逾期的权限审查"),
        every="10 0 * * *",
    ),
)
