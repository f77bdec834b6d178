"""What customers agreed to (CUS-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.access.purposes import Purpose
from core.consents import models
from core.consents.choices import ConsentChannel
from schema.types.organization import Employee
from schema.vocabulary import DateTime, Node, Relation, stored, to_one, viewer_relation
from schema.vocabulary.enums import expose

if TYPE_CHECKING:
    from schema.types.customers import Customer

expose(ConsentChannel, Purpose)


@strawberry.type(description="That a customer agreed to a purpose, and whether that still holds.")
class Consent(Node):
    """GraphQL form of `core.consents.models.Consent`."""

    viewer_relation: list[Relation] = viewer_relation()
    purpose: Purpose = stored(models.Consent.purpose)
    given_at: DateTime = stored(models.Consent.given_at)
    channel: ConsentChannel = stored(models.Consent.channel)
    evidence: str | None = stored(models.Consent.evidence)
    recorded_at: DateTime | None = stored(models.Consent.recorded_at)
    withdrawn_at: DateTime | None = stored(models.Consent.withdrawn_at)
    customer: Annotated[Customer, strawberry.lazy("schema.types.customers")] | None = to_one(
        models.Consent.customer_id
    )
    recorded_by: Employee | None = to_one(models.Consent.recorded_by_id)
    withdrawn_by: Employee | None = to_one(models.Consent.withdrawn_by_id)
