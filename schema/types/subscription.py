"""The roots of listening (PRM-5)."""

from __future__ import annotations

import strawberry

from core.activities import models as activities_
from core.activities.events import ParticipationRecorded
from core.customers import models as customers_
from core.customers.events import CustomerCreated, CustomerUpdated, InteractionRecorded, PurchaseRecorded
from core.emergencies import models as emergencies_
from core.emergencies.events import EmergencyEnded, EmergencyOpened
from core.tiers import models as tiers_
from core.tiers.events import TierChanged
from schema.types.activities import Participation
from schema.types.customers import Customer, Interaction, Purchase
from schema.types.emergencies import Emergency
from schema.types.tiers import TierAssignment
from schema.vocabulary import changes


@strawberry.type(
    name="Subscription",
    description="What happens, told over graphql-transport-ws as it happens: of what you may see, as you may "
    "see it at that moment. One field an operation.",
)
class Subscription:
    """Each root names an event, and the row that it is about."""

    customer_created: Customer = changes(
        CustomerCreated, customers_.Customer, "customer_id", "A customer was entered."
    )
    customer_changed: Customer = changes(
        CustomerUpdated, customers_.Customer, "customer_id", "Fields of a customer, or its team, were set."
    )
    purchase_recorded: Purchase = changes(
        PurchaseRecorded, customers_.Purchase, "purchase_id", "A purchase was recorded or imported."
    )
    interaction_recorded: Interaction = changes(
        InteractionRecorded,
        customers_.Interaction,
        "interaction_id",
        "A contact with a customer was recorded.",
    )
    tier_changed: TierAssignment = changes(
        TierChanged,
        tiers_.TierAssignment,
        "assignment_id",
        "A customer came into a tier, by a regrade or by hand.",
    )
    participation_recorded: Participation = changes(
        ParticipationRecorded,
        activities_.Participation,
        "participation_id",
        "It was noted that a customer takes part in an activity.",
    )
    emergency_opened: Emergency = changes(
        EmergencyOpened, emergencies_.Emergency, "emergency_id", "Somebody broke the glass."
    )
    emergency_ended: Emergency = changes(
        EmergencyEnded,
        emergencies_.Emergency,
        "emergency_id",
        "A break-glass was ended, or ended by itself some minutes ago at most.",
    )
