"""Cases of suspected abuse (ACC-4)."""

from __future__ import annotations

import strawberry

from core.cases import models
from core.cases.choices import Outcome
from schema.types.organization import Employee
from schema.vocabulary import DateTime, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.enums import expose

expose(Outcome)


@strawberry.type(
    description="A suspected abuse: the employee's permissions are suspended, and somebody else decides."
)
class AbuseCase(Node):
    """GraphQL form of `core.cases.models.AbuseCase`."""

    viewer_relation: list[Relation] = viewer_relation()
    employee: Employee | None = to_one(models.AbuseCase.employee_id)
    opened_at: DateTime = stored(models.AbuseCase.opened_at)
    opened_by: Employee | None = to_one(models.AbuseCase.opened_by_id)
    finding: str | None = stored(models.AbuseCase.finding)
    statement: str | None = stored(models.AbuseCase.statement)
    statement_at: DateTime | None = stored(models.AbuseCase.statement_at)
    outcome: Outcome | None = stored(models.AbuseCase.outcome)
    decision: str | None = stored(models.AbuseCase.decision)
    penalty: str | None = stored(models.AbuseCase.penalty)
    decided_by: Employee | None = to_one(models.AbuseCase.decided_by_id)
    decided_at: DateTime | None = stored(models.AbuseCase.decided_at)
    closed_at: DateTime | None = stored(models.AbuseCase.closed_at)
