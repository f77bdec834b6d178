"""Reviews of the rights of departments (BEY-9)."""

from __future__ import annotations

import strawberry

from core.reviews import models
from core.reviews.choices import ReviewDecision, ReviewState
from schema.types.organization import Department, Employee
from schema.types.policies import PolicyChange
from schema.vocabulary import (
    Connection,
    DateTime,
    Node,
    Relation,
    ascending,
    descending,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

expose(ReviewDecision, ReviewState)


@strawberry.type(description="The rights that the employees of a department hold, looked over.")
class AccessReview(Node):
    """GraphQL form of `core.reviews.models.AccessReview`."""

    viewer_relation: list[Relation] = viewer_relation()
    period_from: Day = stored(models.AccessReview.period_from)
    period_to: Day = stored(models.AccessReview.period_to)
    due_on: Day = stored(models.AccessReview.due_on)
    state: ReviewState = stored(models.AccessReview.state)
    reviewer_role: str | None = stored(models.AccessReview.reviewer_role)
    raised_at: DateTime | None = stored(models.AccessReview.raised_at)
    opened_at: DateTime = stored(models.AccessReview.opened_at)
    closed_at: DateTime | None = stored(models.AccessReview.closed_at)
    closed_by: Employee | None = to_one(models.AccessReview.closed_by_id)
    department: Department | None = to_one(models.AccessReview.department_id)
    change: PolicyChange | None = to_one(models.AccessReview.change_id)
    items: Connection[AccessReviewItem] = to_many(
        models.AccessReviewItem.review_id,
        "The rights, by role, object and act.",
        order=[ascending("role"), ascending("object"), ascending("act")],
    )


@strawberry.type(description="One rule that allows something sensitive, who used it, and what becomes of it.")
class AccessReviewItem(Node):
    """GraphQL form of `core.reviews.models.AccessReviewItem`."""

    viewer_relation: list[Relation] = viewer_relation()
    role: str | None = stored(models.AccessReviewItem.role)
    object: str | None = stored(models.AccessReviewItem.object)
    act: str | None = stored(models.AccessReviewItem.act)
    relation: str | None = stored(models.AccessReviewItem.relation)
    holders: int | None = stored(models.AccessReviewItem.holders)
    users: int | None = stored(models.AccessReviewItem.users)
    readings: int | None = stored(models.AccessReviewItem.readings)
    last_used_at: DateTime | None = stored(models.AccessReviewItem.last_used_at)
    decision: ReviewDecision | None = stored(models.AccessReviewItem.decision)
    reason: str | None = stored(models.AccessReviewItem.reason)
    replacement: str | None = stored(models.AccessReviewItem.replacement)
    decided_by: Employee | None = to_one(models.AccessReviewItem.decided_by_id)
    decided_at: DateTime | None = stored(models.AccessReviewItem.decided_at)
    by_holder: bool | None = stored(models.AccessReviewItem.by_holder)
    review: AccessReview | None = to_one(models.AccessReviewItem.review_id)
    usages: Connection[AccessReviewUsage] = to_many(
        models.AccessReviewUsage.item_id,
        "How each holder in the department used it, most first.",
        order=[descending("readings")],
    )


@strawberry.type(description="How one employee used one right in the period, beside its other holders.")
class AccessReviewUsage(Node):
    """GraphQL form of `core.reviews.models.AccessReviewUsage`."""

    viewer_relation: list[Relation] = viewer_relation()
    readings: int | None = stored(models.AccessReviewUsage.readings)
    customers: int | None = stored(models.AccessReviewUsage.customers)
    last_used_at: DateTime | None = stored(models.AccessReviewUsage.last_used_at)
    peers_median: int | None = stored(models.AccessReviewUsage.peers_median)
    employee: Employee | None = to_one(models.AccessReviewUsage.employee_id)
    item: AccessReviewItem | None = to_one(models.AccessReviewUsage.item_id)
