"""Marks in GraphQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import strawberry

from schema.plugin import (
    PERSONAL,
    Call,
    Connection,
    Customer,
    CustomerType,
    DateTime,
    Input,
    Node,
    Relation,
    accepts,
    accepts_id,
    changed,
    descending,
    expression,
    key_in,
    mutation,
    namespace,
    stored,
    to_many,
    to_one,
    values_of,
    viewer_relation,
)
from tests.e2e.plugins.straw import models
from tests.e2e.plugins.straw.service import Marks


@strawberry.type(description="A mark on a customer.")
class StrawMark(Node):
    """GraphQL form of the model."""

    viewer_relation: list[Relation] = viewer_relation()
    label: str | None = stored(models.StrawMark.label)
    created_at: DateTime | None = stored(models.StrawMark.created_at)
    customer: CustomerType | None = to_one(models.StrawMark.customer_id)


def _count(customer: Any) -> Any:
    mark = models.StrawMark.__table__.alias()
    mine = mark.c.customer_id == customer.c.id
    return sa.select(sa.func.count()).select_from(mark).where(mine).scalar_subquery()


@strawberry.type(description="The marks on a customer.")
class StrawOfCustomer:
    """Customer.straw."""

    count: int | None = expression(_count, sa.Integer(), PERSONAL, "How many marks.")
    marks: Connection[StrawMark] = to_many(
        models.StrawMark.customer_id, "The marks, latest first.", order=[descending("createdAt")]
    )


@strawberry.type(description="What straw adds to customers.")
class OnCustomer:
    """Customer.straw."""

    straw: StrawOfCustomer = namespace("Marks.")


@strawberry.type(description="Marks of all customers.")
class StrawQuery:
    """Query.straw."""

    marks: Connection[StrawMark] = to_many(
        models.StrawMark, "All marks, latest first.", order=[descending("createdAt")]
    )


@strawberry.input(description="A mark to be stuck on.")
class StrawMarkInput(Input):
    """Customer and label."""

    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")
    label: str = accepts(models.StrawMark.label, required=True)


@strawberry.type(description="The mark.")
class StrawMarkPayload:
    """Payload."""

    mark: StrawMark | None = changed(models.StrawMark, "The mark; null where it is not visible to you.")


@mutation(StrawMarkPayload, "Mark a customer.")
async def mark(call: Call, given: StrawMarkInput) -> dict[str, Any]:
    row = await Marks(call.work, call.viewer).mark(key_in(given, "customer_id"), values_of(given))
    return {"mark": row.id}


@strawberry.type(description="Changes of marks.")
class StrawMutation:
    """Mutation.straw."""

    mark = mark
