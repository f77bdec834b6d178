"""What happens to customers. Events carry ids and names of fields, never values."""

from __future__ import annotations

from uuid import UUID

from core.events.declare import Event


class CustomerCreated(Event, name="customer.created", version=1):
    """A customer was entered, by hand or by an import."""

    customer_id: UUID


class CustomerUpdated(Event, name="customer.updated", version=1):
    """Fields of a customer were set; `fields` are their GraphQL names, `team` for the team."""

    customer_id: UUID
    fields: tuple[str, ...]


class PurchaseRecorded(Event, name="purchase.recorded", version=1):
    """A purchase was recorded, by hand or by an import."""

    purchase_id: UUID
    customer_id: UUID


class InteractionRecorded(Event, name="interaction.recorded", version=1):
    """A contact with a customer was recorded."""

    interaction_id: UUID
    customer_id: UUID


class PreferenceSet(Event, name="preference.set", version=1):
    """What a customer prefers on a topic was recorded, or forgotten: then there is no such row any more."""

    preference_id: UUID
    customer_id: UUID


ALL: tuple[type[Event], ...] = (
    CustomerCreated,
    CustomerUpdated,
    PurchaseRecorded,
    InteractionRecorded,
    PreferenceSet,
)
