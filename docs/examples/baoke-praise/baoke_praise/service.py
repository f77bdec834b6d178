"""What may be done; whoever calls, the right is asked for here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from baoke_praise.choices import PraiseOutcome
from baoke_praise.errors import PraiseRequestClosed
from baoke_praise.events import PraiseRecorded
from baoke_praise.models import PraiseRequest, PraiseReview
from baoke_praise.permissions import CLOSE, CORRECT, RECORD
from baoke_praise.rules import check
from schema.plugin import (
    Customer,
    Text,
    UnitOfWork,
    Viewer,
    add,
    allowed_on,
    allowed_somewhere,
    change,
    publish,
)

CUSTOMER, REVIEW, REQUEST = Text("customer", "客户"), Text("review", "评价"), Text("request", "邀评")


@dataclass(frozen=True)
class PraiseService:
    """Reviews and requests, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def record(self, customer: UUID, values: Mapping[str, Any]) -> PraiseReview:
        """Record a review: said now, unless told otherwise. CONFLICT where the channel's id is there."""
        allowed_somewhere(self.viewer, RECORD)
        cell = await allowed_on(self.work, self.viewer, RECORD, Customer, customer, CUSTOMER, "customerId")
        now = self.work.clock.now()
        check(values, now)
        row = PraiseReview(
            id=self.work.ids.new(),
            customer_id=customer,
            at=now,
            recorded_by_id=self.viewer.employee,
            created_at=now,
        )
        await add(self.work, self.viewer, RECORD, row, values, cell)
        await publish(self.work, PraiseRecorded(review_id=row.id, customer_id=customer))
        return row

    async def correct(self, review: UUID, changes: Mapping[str, Any]) -> PraiseReview:
        """Change what is given; None clears."""
        allowed_somewhere(self.viewer, CORRECT)
        check(changes, self.work.clock.now())
        return await change(self.work, self.viewer, CORRECT, (PraiseReview, review, REVIEW), changes)

    async def close(self, request: UUID, outcome: PraiseOutcome) -> PraiseRequest:
        """Close a request; PRAISE_REQUEST_CLOSED where somebody was faster."""
        allowed_somewhere(self.viewer, CLOSE)
        await allowed_on(self.work, self.viewer, CLOSE, PraiseRequest, request, REQUEST)
        row = await self.work.session.get_one(PraiseRequest, request, with_for_update=True)
        if row.closed_at is not None:
            raise PraiseRequestClosed("id")
        row.outcome, row.closed_at = outcome, self.work.clock.now()
        row.closed_by_id = self.viewer.employee
        await self.work.session.flush()
        return row
