"""Break-glass (BEY-8)."""

from __future__ import annotations

import strawberry

from core.emergencies import models
from schema.types.organization import Employee
from schema.vocabulary import DateTime, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.scalars import Day


@strawberry.type(
    description="A break-glass: who took rights beyond their own for some minutes, why, what a review found."
)
class Emergency(Node):
    """GraphQL form of `core.emergencies.models.Emergency`."""

    viewer_relation: list[Relation] = viewer_relation()
    role: str | None = stored(models.Emergency.role)
    reason: str | None = stored(models.Emergency.reason)
    opened_at: DateTime = stored(models.Emergency.opened_at)
    ends_at: DateTime = stored(models.Emergency.ends_at)
    ended_at: DateTime | None = stored(models.Emergency.ended_at)
    review_due_on: Day = stored(models.Emergency.review_due_on)
    overdue_at: DateTime | None = stored(models.Emergency.overdue_at)
    reviewed_at: DateTime | None = stored(models.Emergency.reviewed_at)
    finding: str | None = stored(models.Emergency.finding)
    employee: Employee | None = to_one(models.Emergency.employee_id)
    reviewed_by: Employee | None = to_one(models.Emergency.reviewed_by_id)
