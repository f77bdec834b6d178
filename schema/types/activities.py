"""Activities and who took part (ACT-3, ACT-8, ACT-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.activities import models
from core.activities.choices import ActivityKind, ActivityStatus, ParticipationStatus
from schema.types.organization import Department, Employee
from schema.vocabulary import Connection, DateTime, Node, Relation, stored, to_many, to_one, viewer_relation
from schema.vocabulary.enums import expose

if TYPE_CHECKING:
    from schema.types.customers import Customer

expose(ActivityKind, ActivityStatus, ParticipationStatus)


@strawberry.type(description="Something the company does for its customers.")
class Activity(Node):
    """GraphQL form of `core.activities.models.Activity`."""

    viewer_relation: list[Relation] = viewer_relation()
    title: str = stored(models.Activity.title)
    kind: ActivityKind = stored(models.Activity.kind)
    status: ActivityStatus = stored(models.Activity.status)
    starts_at: DateTime | None = stored(models.Activity.starts_at)
    ends_at: DateTime | None = stored(models.Activity.ends_at)
    place: str | None = stored(models.Activity.place)
    created_at: DateTime | None = stored(models.Activity.created_at)
    owner: Employee | None = to_one(models.Activity.owner_id)
    department: Department | None = to_one(models.Activity.department_id)
    participations: Connection[Participation] = to_many(
        models.Participation.activity_id, "The customers who were registered."
    )


@strawberry.type(description="A customer's part in an activity, with what the customer said of it.")
class Participation(Node):
    """GraphQL form of `core.activities.models.Participation`."""

    viewer_relation: list[Relation] = viewer_relation()
    status: ParticipationStatus | None = stored(models.Participation.status)
    satisfaction: int | None = stored(models.Participation.satisfaction)
    remarks: str | None = stored(models.Participation.remarks)
    created_at: DateTime | None = stored(models.Participation.created_at)
    customer: Annotated[Customer, strawberry.lazy("schema.types.customers")] | None = to_one(
        models.Participation.customer_id
    )
    activity: Activity | None = to_one(models.Participation.activity_id)
