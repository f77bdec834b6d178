"""What happens to reviews."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from core.events.declare import Event


class AccessReviewOpened(Event, name="review.opened", version=1):
    """The rights of a department wait to be looked over."""

    review_id: UUID
    department_id: UUID
    due_on: dt.date


class AccessReviewOverdue(Event, name="review.overdue", version=1):
    """A review was not closed when it should have been; others may decide now."""

    review_id: UUID
    department_id: UUID
    due_on: dt.date


class AccessReviewClosed(Event, name="review.closed", version=1):
    """Everything in a review is decided; `change_id` is what it proposed, if anything."""

    review_id: UUID
    department_id: UUID
    change_id: UUID | None


ALL: tuple[type[Event], ...] = (AccessReviewOpened, AccessReviewOverdue, AccessReviewClosed)
