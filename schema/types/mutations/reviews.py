"""Decisions on the rights of departments (BEY-9)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.approvals.errors import FourEyes
from core.policies.errors import PolicyRefused
from core.policies.keeper import PolicyKeeper
from core.reviews import models
from core.reviews.choices import ReviewDecision
from core.reviews.service import ReviewService
from schema.types.reviews import AccessReview, AccessReviewItem
from schema.vocabulary.mutations import Call, Input, accepts_id, changed, key_in, mutation


def _service(call: Call) -> ReviewService:
    return ReviewService(call.work, call.viewer, call.services[PolicyKeeper])


@strawberry.input(description="What becomes of a right, and why.")
class DecideReviewItemInput(Input):
    """A decision holds until the review is closed, or it is decided anew."""

    item_id: strawberry.ID = accepts_id(models.AccessReviewItem, "The right.")
    decision: ReviewDecision = strawberry.field(description="What becomes of it.")
    reason: str = strawberry.field(description="Why; kept with the decision.")
    replacement: str | None = strawberry.field(
        default=None,
        description="With CHANGE the line of the same role that takes its place, as in grants.csv.",
    )


@strawberry.type(description="The right with the decision.")
class DecideReviewItemPayload:
    """Payload of decideReviewItem."""

    item: AccessReviewItem | None = changed(models.AccessReviewItem, "The right.")


@mutation(
    DecideReviewItemPayload,
    "Decide whether a right stays, changes or goes. Nobody decides alone on what only they hold.",
    FourEyes,
    PolicyRefused,
)
async def decide_review_item(call: Call, given: DecideReviewItemInput) -> dict[str, Any]:
    """BEY-9."""
    row = await _service(call).decide(
        key_in(given, "item_id"), given.decision, given.reason, given.replacement
    )
    return {"item": row.id}


@strawberry.input(description="Which review is closed.")
class CloseAccessReviewInput(Input):
    """One whose rights are all decided."""

    id: strawberry.ID = accepts_id(models.AccessReview, "The review.")


@strawberry.type(description="The review, with the change of the policies that it proposed, if any.")
class CloseAccessReviewPayload:
    """Payload of closeAccessReview."""

    review: AccessReview | None = changed(models.AccessReview, "The review.")


@mutation(
    CloseAccessReviewPayload,
    "Close a review. What is to change or to go is proposed as one change of the policies, in your name.",
    PolicyRefused,
)
async def close_access_review(call: Call, given: CloseAccessReviewInput) -> dict[str, Any]:
    """BEY-9."""
    return {"review": (await _service(call).close(key_in(given, "id"))).id}


MUTATIONS = (decide_review_item, close_access_review)
