"""What clients ask, as it is recorded (BEY-5)."""

from __future__ import annotations

import strawberry

from core.operations import models
from core.operations.choices import OperationKind
from schema.vocabulary import Connection, DateTime, Json, Node, descending, stored, to_many, to_one
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

expose(OperationKind)


@strawberry.type(description="An operation that some role asked, without the values that it asked with.")
class RecordedOperation(Node):
    """GraphQL form of `core.operations.models.RecordedOperation`."""

    role: str | None = stored(models.RecordedOperation.role)
    kind: OperationKind | None = stored(models.RecordedOperation.kind)
    name: str | None = stored(models.RecordedOperation.name)
    text: str | None = stored(models.RecordedOperation.text)
    variables: Json | None = stored(models.RecordedOperation.variables)
    first_seen_at: DateTime | None = stored(models.RecordedOperation.first_seen_at)
    last_seen_at: DateTime | None = stored(models.RecordedOperation.last_seen_at)
    days: Connection[RecordedOperationDay] = to_many(
        models.RecordedOperationDay.operation_id,
        "How often it was asked, by day; latest first.",
        order=[descending("day")],
    )


@strawberry.type(description="How often an operation was asked on one day.")
class RecordedOperationDay(Node):
    """GraphQL form of `core.operations.models.RecordedOperationDay`."""

    day: Day | None = stored(models.RecordedOperationDay.day)
    calls: int | None = stored(models.RecordedOperationDay.calls)
    operation: RecordedOperation | None = to_one(models.RecordedOperationDay.operation_id)
