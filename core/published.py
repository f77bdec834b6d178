"""Every event that the core publishes."""

from __future__ import annotations

from core.activities import events as activities
from core.cases import events as cases
from core.consents import events as consents
from core.customers import events as customers
from core.emergencies import events as emergencies
from core.events.declare import Event
from core.organization import events as organization
from core.policies import events as policies
from core.qualifications import events as qualifications
from core.reviews import events as reviews
from core.tiers import events as tiers

CORE_EVENTS: tuple[type[Event], ...] = (
    *organization.ALL,
    *qualifications.ALL,
    *emergencies.ALL,
    *cases.ALL,
    *customers.ALL,
    *consents.ALL,
    *tiers.ALL,
    *activities.ALL,
    *policies.ALL,
    *reviews.ALL,
)
