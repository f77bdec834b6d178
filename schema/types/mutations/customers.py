"""Changes of customers and what is recorded of them (CUS-1, CUS-2)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.customers import models
from core.customers.choices import Channel, Collection, CompanySize, CustomerKind, InteractionKind, Source
from core.customers.errors import DuplicateCustomer
from core.customers.service import CustomerService
from schema.types.customers import Customer, Interaction, Preference, Purchase
from schema.vocabulary import DateTime
from schema.vocabulary.mutations import (
    Call,
    Input,
    accepts,
    accepts_id,
    accepts_money,
    changed,
    key_in,
    mutation,
    values_of,
)
from schema.vocabulary.scalars import Day, MoneyInput

CONFIRMED = "Say true where another customer has the same phone, e-mail or the like, and both are meant."


def _service(call: Call) -> CustomerService:
    return CustomerService(call.work, call.viewer, call.settings.currency)


@strawberry.input(description="What can be said of a customer.")
class CustomerFields(Input):
    """The fields that creating and updating share."""

    number: str | None = accepts(models.Customer.number)
    phone: str | None = accepts(models.Customer.phone)
    email: str | None = accepts(models.Customer.email)
    wechat: str | None = accepts(models.Customer.wechat)
    address: str | None = accepts(models.Customer.address)
    identity_number: str | None = accepts(models.Customer.identity_number)
    notes: str | None = accepts(models.Customer.notes)
    birthday: Day | None = accepts(models.Customer.birthday)
    industry: str | None = accepts(models.Customer.industry)
    region: str | None = accepts(models.Customer.region)
    size: CompanySize | None = accepts(models.Customer.size)
    source: Source | None = accepts(models.Customer.source)
    collected_by: Collection | None = accepts(models.Customer.collected_by)
    preferred_channel: Channel | None = accepts(models.Customer.preferred_channel)
    owner_id: strawberry.ID | None = accepts(models.Customer.owner_id)
    department_id: strawberry.ID | None = accepts(models.Customer.department_id)
    duplicate_confirmed: bool = strawberry.field(default=False, description=CONFIRMED)


@strawberry.input(description="A customer to be entered.")
class CreateCustomerInput(CustomerFields):
    """Name and kind are required; the rest may follow."""

    kind: CustomerKind = accepts(models.Customer.kind, required=True)
    name: str = accepts(models.Customer.name, required=True)


@strawberry.type(description="The customer that was entered.")
class CreateCustomerPayload:
    """Payload of createCustomer."""

    customer: Customer | None = changed(models.Customer, "The customer; null where it is not visible to you.")


@mutation(
    CreateCustomerPayload,
    "Enter a customer. Owner unless given: you; department: the owner's.",
    DuplicateCustomer,
)
async def create_customer(call: Call, given: CreateCustomerInput) -> dict[str, Any]:
    """CUS-1."""
    made = await _service(call).create(values_of(given), duplicate=given.duplicate_confirmed)
    return {"customer": made.id}


@strawberry.input(description="Changes of a customer; what is left out stays, null clears.")
class UpdateCustomerInput(CustomerFields):
    """Any field."""

    id: strawberry.ID = accepts_id(models.Customer, "The customer.")
    kind: CustomerKind | None = accepts(models.Customer.kind)
    name: str | None = accepts(models.Customer.name)


@strawberry.type(description="The customer that was changed.")
class UpdateCustomerPayload:
    """Payload of updateCustomer."""

    customer: Customer | None = changed(
        models.Customer, "The customer as it is now; null where it is not visible to you any more."
    )


@mutation(UpdateCustomerPayload, "Change a customer.", DuplicateCustomer)
async def update_customer(call: Call, given: UpdateCustomerInput) -> dict[str, Any]:
    """CUS-5."""
    row = await _service(call).update(
        key_in(given, "id"), values_of(given), duplicate=given.duplicate_confirmed
    )
    return {"customer": row.id}


@strawberry.input(description="A purchase to be recorded.")
class RecordPurchaseInput(Input):
    """Customer, time and amount are required."""

    customer_id: strawberry.ID = accepts_id(models.Customer, "The customer who bought.")
    at: DateTime = accepts(models.Purchase.at, required=True)
    amount: MoneyInput = accepts_money(
        models.Purchase.amount_minor, models.Purchase.currency, "What was paid.", required=True
    )
    quantity: int = strawberry.field(default=1, description="How many pieces.")
    category: str | None = accepts(models.Purchase.category)
    channel: str | None = accepts(models.Purchase.channel)
    source: Source | None = accepts(models.Purchase.source)
    collected_by: Collection | None = accepts(models.Purchase.collected_by)
    reference: str | None = accepts(models.Purchase.reference, "Order number; unique for the customer.")


@strawberry.type(description="The purchase that was recorded.")
class RecordPurchasePayload:
    """Payload of recordPurchase."""

    purchase: Purchase | None = changed(models.Purchase, "The purchase; null where it is not visible to you.")
    customer: Customer | None = changed(
        models.Customer, "The customer, whose totals have changed; null where it is not visible to you."
    )


@mutation(RecordPurchasePayload, "Record a purchase and count it into the customer's totals.")
async def record_purchase(call: Call, given: RecordPurchaseInput) -> dict[str, Any]:
    """CUS-1."""
    row = await _service(call).record_purchase(
        key_in(given, "customer_id"), {**values_of(given), "quantity": given.quantity}
    )
    return {"purchase": row.id, "customer": row.customer_id}


@strawberry.input(description="A contact to be recorded.")
class RecordInteractionInput(Input):
    """Customer and kind are required."""

    customer_id: strawberry.ID = accepts_id(models.Customer, "The customer.")
    kind: InteractionKind = accepts(models.Interaction.kind, required=True)
    at: DateTime | None = accepts(models.Interaction.at, "When it took place; now unless given.")
    channel: Channel | None = accepts(models.Interaction.channel)
    summary: str | None = accepts(models.Interaction.summary)
    source: Source | None = accepts(models.Interaction.source)
    collected_by: Collection | None = accepts(models.Interaction.collected_by)


@strawberry.type(description="The contact that was recorded.")
class RecordInteractionPayload:
    """Payload of recordInteraction."""

    interaction: Interaction | None = changed(
        models.Interaction, "The contact; null where it is not visible to you."
    )


@mutation(RecordInteractionPayload, "Record a contact with a customer, by you.")
async def record_interaction(call: Call, given: RecordInteractionInput) -> dict[str, Any]:
    """CUS-1."""
    row = await _service(call).record_interaction(key_in(given, "customer_id"), values_of(given))
    return {"interaction": row.id}


@strawberry.input(description="What a customer prefers on a topic.")
class SetPreferenceInput(Input):
    """One topic, one value."""

    customer_id: strawberry.ID = accepts_id(models.Customer, "The customer.")
    topic: str = accepts(models.Preference.topic, required=True)
    value: str | None = accepts(
        models.Preference.value, "What the customer prefers; null forgets it.", required=True
    )
    source: Source | None = accepts(models.Preference.source)
    collected_by: Collection | None = accepts(models.Preference.collected_by)


@strawberry.type(description="The preference that was recorded.")
class SetPreferencePayload:
    """Payload of setPreference."""

    preference: Preference | None = changed(
        models.Preference, "The preference; null where it was forgotten or is not visible to you."
    )


@mutation(SetPreferencePayload, "Record what a customer prefers on a topic, in place of what was known.")
async def set_preference(call: Call, given: SetPreferenceInput) -> dict[str, Any]:
    """CUS-1."""
    row = await _service(call).set_preference(key_in(given, "customer_id"), values_of(given))
    return {"preference": row.id if row else None}


@strawberry.input(description="Who is in the team of a customer.")
class SetCustomerTeamInput(Input):
    """The whole team."""

    customer_id: strawberry.ID = accepts_id(models.Customer, "The customer.")
    employee_ids: list[strawberry.ID] = strawberry.field(
        description="The employees of the team, all of them; an empty list dissolves it."
    )


@strawberry.type(description="The customer whose team was changed.")
class SetCustomerTeamPayload:
    """Payload of setCustomerTeam."""

    customer: Customer | None = changed(
        models.Customer, "The customer; null where it is not visible to you any more."
    )


@mutation(SetCustomerTeamPayload, "Say who is in the team of a customer, in place of those who were.")
async def set_customer_team(call: Call, given: SetCustomerTeamInput) -> dict[str, Any]:
    """KEY-2's ground."""
    customer = key_in(given, "customer_id")
    await _service(call).set_team(
        customer, call.keys(models.CustomerMember.employee_id, given.employee_ids, "employeeIds")
    )
    return {"customer": customer}


MUTATIONS = (
    create_customer,
    update_customer,
    record_purchase,
    record_interaction,
    set_preference,
    set_customer_team,
)
