"""Approvals by a second person."""

from __future__ import annotations

import strawberry

from core.approvals import models
from core.approvals.choices import Decision
from schema.types.organization import Employee
from schema.vocabulary import DateTime, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.enums import expose

expose(Decision)


@strawberry.type(description="What somebody asked for, and what a second person decided.")
class Approval(Node):
    """GraphQL form of `core.approvals.models.Approval`."""

    viewer_relation: list[Relation] = viewer_relation()
    subject_type: str = stored(models.Approval.subject_type)
    subject: str = stored(models.Approval.subject)
    requested_at: DateTime = stored(models.Approval.requested_at)
    requested_by: Employee | None = to_one(models.Approval.requested_by_id)
    decision: Decision | None = stored(models.Approval.decision)
    decided_at: DateTime | None = stored(models.Approval.decided_at)
    decided_by: Employee | None = to_one(models.Approval.decided_by_id)
    comment: str | None = stored(models.Approval.comment)
