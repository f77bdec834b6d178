"""GraphQL. Fields point at columns, rows and SQL: the compiler makes one statement of them and the core's."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import strawberry

from baoke_praise import figures, models
from baoke_praise.choices import PraiseChannel, PraiseOutcome
from baoke_praise.errors import PraiseRequestClosed
from baoke_praise.events import PraiseRecorded
from baoke_praise.service import PraiseService
from schema.plugin import (
    ASSESSMENT,
    COMMERCIAL,
    INTERNAL,
    Call,
    Connection,
    Customer,
    CustomerType,
    DateTime,
    EmployeeType,
    Input,
    Node,
    PurchaseType,
    Relation,
    UtcTime,
    accepts,
    accepts_id,
    by_id,
    changed,
    changes,
    descending,
    expose,
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

expose(PraiseChannel, PraiseOutcome)
LATEST = [descending("at")]


@strawberry.type(description="A review or good word of a customer.")
class PraiseReview(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    channel: PraiseChannel = stored(models.PraiseReview.channel)
    source_id: str | None = stored(models.PraiseReview.source_id)
    stars: int | None = stored(models.PraiseReview.stars)
    text: str | None = stored(models.PraiseReview.text)
    url: str | None = stored(models.PraiseReview.url)
    at: DateTime | None = stored(models.PraiseReview.at)
    created_at: DateTime | None = stored(models.PraiseReview.created_at)
    customer: CustomerType | None = to_one(models.PraiseReview.customer_id)
    recorded_by: EmployeeType | None = to_one(models.PraiseReview.recorded_by_id)


@strawberry.type(description="A customer who may be asked for a review.")
class PraiseRequest(Node):
    """GraphQL form of the model of the same name."""

    viewer_relation: list[Relation] = viewer_relation()
    outcome: PraiseOutcome | None = stored(models.PraiseRequest.outcome)
    closed_at: DateTime | None = stored(models.PraiseRequest.closed_at)
    created_at: DateTime | None = stored(models.PraiseRequest.created_at)
    customer: CustomerType | None = to_one(models.PraiseRequest.customer_id)
    purchase: PurchaseType | None = to_one(models.PraiseRequest.purchase_id)
    closed_by: EmployeeType | None = to_one(models.PraiseRequest.closed_by_id)


@strawberry.type(description="What a customer says of us.")
class PraiseOfCustomer:
    """`Customer.praise`: filtered, sorted and masked like the customer's own fields."""

    count: int | None = expression(figures.count_of, sa.Integer(), COMMERCIAL, "How many reviews.")
    average_stars: int | None = expression(
        figures.average_of,
        sa.Integer(),
        ASSESSMENT,
        "Average in hundredths of a star, rounded half up: 467 means 4.67.",
        nullable=True,
    )
    last_at: DateTime | None = expression(
        figures.last_at_of, UtcTime(), INTERNAL, "When the customer last spoke of us.", nullable=True
    )
    reviews: Connection[PraiseReview] = to_many(
        models.PraiseReview.customer_id, "The reviews; latest first.", order=LATEST
    )
    requests: Connection[PraiseRequest] = to_many(
        models.PraiseRequest.customer_id,
        "When to ask the customer, and what came of it; latest first.",
        order=[descending("createdAt")],
    )


@strawberry.type(description="What praise adds to customers.")
class OnCustomer:
    """One field, called like the plugin."""

    praise: PraiseOfCustomer = namespace("What the customer says of us.")


@strawberry.type(description="Reviews of all customers.")
class PraiseQuery:
    """`Query.praise`."""

    review: PraiseReview | None = by_id(models.PraiseReview, "A review; null where it is not visible to you.")
    reviews: Connection[PraiseReview] = to_many(
        models.PraiseReview, "The reviews that are visible to you; latest first.", order=LATEST
    )
    requests: Connection[PraiseRequest] = to_many(
        models.PraiseRequest,
        "Whom to ask for a review: `where: {closedAt: {isNull: true}}` gives the open ones.",
        order=[descending("createdAt")],
    )


@strawberry.input(description="A review that an employee was told of.")
class PraiseRecordInput(Input):
    """Customer, channel and stars are required."""

    customer_id: strawberry.ID = accepts_id(Customer, "The customer.")
    channel: PraiseChannel = accepts(models.PraiseReview.channel, required=True)
    stars: int = accepts(models.PraiseReview.stars, required=True)
    text: str | None = accepts(models.PraiseReview.text, "What the customer said; poor reviews need it.")
    url: str | None = accepts(models.PraiseReview.url)
    at: DateTime | None = accepts(models.PraiseReview.at, "When it was said; now unless given.")
    source_id: str | None = accepts(models.PraiseReview.source_id)


@strawberry.type(description="The review that was recorded.")
class PraiseRecordPayload:
    """Payload of praise.record."""

    review: PraiseReview | None = changed(
        models.PraiseReview, "The review; null where it is not visible to you."
    )


@mutation(PraiseRecordPayload, "Record a review of a customer.")
async def record(call: Call, given: PraiseRecordInput) -> dict[str, Any]:
    """See PraiseService."""
    service = PraiseService(call.work, call.viewer)
    row = await service.record(key_in(given, "customer_id"), values_of(given))
    return {"review": row.id}


@strawberry.input(description="What is to be corrected in a review; what is left out stays.")
class PraiseCorrectInput(Input):
    """The id is required."""

    id: strawberry.ID = accepts_id(models.PraiseReview, "The review.")
    stars: int | None = accepts(models.PraiseReview.stars)
    text: str | None = accepts(models.PraiseReview.text, "What the customer said; poor reviews need it.")
    url: str | None = accepts(models.PraiseReview.url)


@strawberry.type(description="The review that was corrected.")
class PraiseCorrectPayload:
    """Payload of praise.correct."""

    review: PraiseReview | None = changed(models.PraiseReview, "The review.")


@mutation(PraiseCorrectPayload, "Correct a review.")
async def correct(call: Call, given: PraiseCorrectInput) -> dict[str, Any]:
    """See PraiseService."""
    row = await PraiseService(call.work, call.viewer).correct(key_in(given, "id"), values_of(given))
    return {"review": row.id}


@strawberry.input(description="What came of a request for a review.")
class PraiseCloseInput(Input):
    """All are required."""

    id: strawberry.ID = accepts_id(models.PraiseRequest, "The request.")
    outcome: PraiseOutcome = accepts(models.PraiseRequest.outcome, required=True)


@strawberry.type(description="The request that was closed.")
class PraiseClosePayload:
    """Payload of praise.close."""

    request: PraiseRequest | None = changed(models.PraiseRequest, "The request.")


@mutation(PraiseClosePayload, "Close a request for a review.", PraiseRequestClosed)
async def close(call: Call, given: PraiseCloseInput) -> dict[str, Any]:
    """See PraiseService."""
    row = await PraiseService(call.work, call.viewer).close(key_in(given, "id"), given.outcome)
    return {"request": row.id}


@strawberry.type(description="Changes of reviews and requests.")
class PraiseMutation:
    """`Mutation.praise`."""

    record = record
    correct = correct
    close = close


@strawberry.type(description="Reviews, at the moment at which they are recorded.")
class PraiseSubscription:
    """`Subscription.praise`."""

    recorded: PraiseReview = changes(
        PraiseRecorded, models.PraiseReview, "review_id", "A review was recorded, by hand or by a channel."
    )
