"""Customers and what belongs to them (CUS-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.activities import models as activities
from core.audit import models as audit
from core.consents import models as consents
from core.customers import models
from core.customers.choices import Channel, Collection, CompanySize, CustomerKind, InteractionKind, Source
from core.customers.timeline import timeline
from core.tiers import models as tiers
from schema.types.organization import Department, Employee
from schema.vocabulary import (
    Connection,
    DateTime,
    MoneyType,
    Node,
    Relation,
    ascending,
    descending,
    merged,
    money,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day
from schema.vocabulary.targets import Member

if TYPE_CHECKING:
    from schema.types.activities import Participation
    from schema.types.audit import AuditedCustomer
    from schema.types.consents import Consent
    from schema.types.tiers import TierAssignment
    from schema.types.timeline import TimelineEntry

expose(Channel, Collection, CompanySize, CustomerKind, InteractionKind, Source)


@strawberry.type(description="A person or company that bought from us: one archive each.")
class Customer(Node):
    """GraphQL form of `core.customers.models.Customer`."""

    viewer_relation: list[Relation] = viewer_relation()
    kind: CustomerKind = stored(models.Customer.kind)
    name: str = stored(models.Customer.name)
    number: str = stored(models.Customer.number)
    phone: str | None = stored(models.Customer.phone)
    email: str | None = stored(models.Customer.email)
    wechat: str | None = stored(models.Customer.wechat)
    address: str | None = stored(models.Customer.address)
    identity_number: str | None = stored(models.Customer.identity_number)
    notes: str | None = stored(models.Customer.notes)
    birthday: Day | None = stored(models.Customer.birthday)
    industry: str | None = stored(models.Customer.industry)
    region: str | None = stored(models.Customer.region)
    size: CompanySize | None = stored(models.Customer.size)
    source: Source | None = stored(models.Customer.source)
    collected_by: Collection | None = stored(models.Customer.collected_by)
    preferred_channel: Channel | None = stored(models.Customer.preferred_channel)
    spend: MoneyType | None = money(models.Customer.spend_minor, models.Customer.spend_currency)
    purchase_count: int | None = stored(models.Customer.purchase_count)
    first_purchase_at: DateTime | None = stored(models.Customer.first_purchase_at)
    last_purchase_at: DateTime | None = stored(models.Customer.last_purchase_at)
    created_at: DateTime | None = stored(models.Customer.created_at)
    updated_at: DateTime | None = stored(models.Customer.updated_at)
    owner: Employee | None = to_one(models.Customer.owner_id)
    department: Department | None = to_one(models.Customer.department_id)
    members: Connection[CustomerMember] = to_many(
        models.CustomerMember.customer_id, "The team that looks after the customer."
    )
    purchases: Connection[Purchase] = to_many(
        models.Purchase.customer_id, "What the customer bought; latest first.", order=[descending("at")]
    )
    interactions: Connection[Interaction] = to_many(
        models.Interaction.customer_id, "Contacts with the customer; latest first.", order=[descending("at")]
    )
    preferences: Connection[Preference] = to_many(
        models.Preference.customer_id, "What the customer likes or needs.", order=[ascending("topic")]
    )
    consents: Connection[Annotated[Consent, strawberry.lazy("schema.types.consents")]] = to_many(
        consents.Consent.customer_id,
        "For what the customer agreed that the data is used, what was withdrawn included; latest first.",
        order=[descending("givenAt")],
    )
    participations: Connection[Annotated[Participation, strawberry.lazy("schema.types.activities")]] = (
        to_many(activities.Participation.customer_id, "The activities that the customer took part in.")
    )
    tier_assignments: Connection[Annotated[TierAssignment, strawberry.lazy("schema.types.tiers")]] = to_many(
        tiers.TierAssignment.customer_id,
        "The customer's tiers with their evidence, history included; latest first.",
        order=[descending("assignedAt")],
    )
    audit: Connection[Annotated[AuditedCustomer, strawberry.lazy("schema.types.audit")]] = to_many(
        audit.AuditedCustomer.customer_id,
        "Who read or wrote the customer's sensitive fields, latest first.",
        order=[descending("id")],
    )
    timeline: Connection[Annotated[TimelineEntry, strawberry.lazy("schema.types.timeline")]] = merged(
        timeline,
        "TimelineEntry",
        {
            "Purchase": Member(models.Purchase, "at"),
            "Interaction": Member(models.Interaction, "at"),
            "Participation": Member(activities.Participation, "createdAt"),
            "TierAssignment": Member(tiers.TierAssignment, "assignedAt"),
        },
        "customer_id",
        "Everything that happened with the customer, latest first.",
    )


@strawberry.type(description="An employee in the team of a customer.")
class CustomerMember(Node):
    """GraphQL form of `core.customers.models.CustomerMember`."""

    viewer_relation: list[Relation] = viewer_relation()
    customer: Customer | None = to_one(models.CustomerMember.customer_id)
    employee: Employee | None = to_one(models.CustomerMember.employee_id)


@strawberry.type(description="One purchase of a customer.")
class Purchase(Node):
    """GraphQL form of `core.customers.models.Purchase`."""

    viewer_relation: list[Relation] = viewer_relation()
    at: DateTime | None = stored(models.Purchase.at)
    amount: MoneyType | None = money(models.Purchase.amount_minor, models.Purchase.currency, "What was paid.")
    quantity: int | None = stored(models.Purchase.quantity)
    category: str | None = stored(models.Purchase.category)
    channel: str | None = stored(models.Purchase.channel)
    source: Source | None = stored(models.Purchase.source)
    collected_by: Collection | None = stored(models.Purchase.collected_by)
    reference: str | None = stored(models.Purchase.reference)
    created_at: DateTime | None = stored(models.Purchase.created_at)
    customer: Customer | None = to_one(models.Purchase.customer_id)
    recorded_by: Employee | None = to_one(models.Purchase.recorded_by_id)


@strawberry.type(description="One contact between the company and a customer.")
class Interaction(Node):
    """GraphQL form of `core.customers.models.Interaction`."""

    viewer_relation: list[Relation] = viewer_relation()
    at: DateTime | None = stored(models.Interaction.at)
    kind: InteractionKind | None = stored(models.Interaction.kind)
    channel: Channel | None = stored(models.Interaction.channel)
    summary: str | None = stored(models.Interaction.summary)
    source: Source | None = stored(models.Interaction.source)
    collected_by: Collection | None = stored(models.Interaction.collected_by)
    created_at: DateTime | None = stored(models.Interaction.created_at)
    customer: Customer | None = to_one(models.Interaction.customer_id)
    employee: Employee | None = to_one(models.Interaction.employee_id)


@strawberry.type(description="What a customer likes or needs, one value a topic.")
class Preference(Node):
    """GraphQL form of `core.customers.models.Preference`."""

    viewer_relation: list[Relation] = viewer_relation()
    topic: str | None = stored(models.Preference.topic)
    value: str | None = stored(models.Preference.value)
    source: Source | None = stored(models.Preference.source)
    collected_by: Collection | None = stored(models.Preference.collected_by)
    recorded_at: DateTime | None = stored(models.Preference.recorded_at)
    customer: Customer | None = to_one(models.Preference.customer_id)
