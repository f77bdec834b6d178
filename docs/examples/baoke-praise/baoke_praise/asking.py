"""Whom to ask: some days after a purchase a request appears; a review closes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from baoke_praise.choices import PraiseOutcome
from baoke_praise.events import PraiseRecorded
from baoke_praise.models import PraiseRequest, PraiseReview
from baoke_praise.settings import PraiseSettings
from schema.plugin import Context, Handler, Job, Payload, Purchase, PurchaseRecorded, Text, enqueue, insert


async def plan(context: Context, events: Sequence[PurchaseRecorded]) -> None:
    """Have each purchase looked at in some days. What was bought before (an import) asks nobody."""
    work = context.work
    wait = dt.timedelta(days=context.services[PraiseSettings].ask_after_days)
    recent = sa.select(Purchase.id, Purchase.at).where(
        Purchase.id.in_([event.purchase_id for event in events]), Purchase.at > work.clock.now() - wait
    )
    for purchase, at in await work.session.execute(recent):
        await enqueue(work, ASK, {"purchase_id": str(purchase)}, at + wait)


async def ask(context: Context, payload: Payload) -> Payload | None:
    """Make the request, unless the customer has an open one or has spoken since the purchase."""
    work = context.work
    bought = await work.session.get(Purchase, UUID(payload["purchase_id"]))
    if bought is None:
        return None
    request, review = sa.select(PraiseRequest.id), sa.select(PraiseReview.id)
    known = sa.or_(
        request.where(
            PraiseRequest.customer_id == bought.customer_id, PraiseRequest.closed_at.is_(None)
        ).exists(),
        review.where(PraiseReview.customer_id == bought.customer_id, PraiseReview.at >= bought.at).exists(),
    )
    if not await work.session.scalar(sa.select(known)):
        row = PraiseRequest(
            id=work.ids.new(),
            customer_id=bought.customer_id,
            purchase_id=bought.id,
            created_at=work.clock.now(),
        )
        # Where another worker was faster this is a CONFLICT: the job is tried again, and finds its request.
        await insert(work, row)
    return None


async def close(context: Context, events: Sequence[PraiseRecorded]) -> None:
    """Who has spoken need not be asked. Told twice, it changes nothing the second time."""
    customers = [event.customer_id for event in events]
    await context.work.session.execute(
        sa.update(PraiseRequest)
        .where(PraiseRequest.customer_id.in_(customers), PraiseRequest.closed_at.is_(None))
        .values(outcome=PraiseOutcome.REVIEWED, closed_at=context.work.clock.now())
    )


ASK = Job("praise.ask", ask, Text("ask for a review", "邀请评价"))
HANDLERS = (
    Handler("praise.bought", PurchaseRecorded, plan),
    Handler("praise.answered", PraiseRecorded, close),
)
