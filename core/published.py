"""Every event that the core publishes."""

from __future__ import annotations

from core.activities import events as activities
from core.customers import events as customers
from core.events.declare import Event
from core.organization import events as organization
from core.policies import events as policies
from core.tiers import events as tiers

CORE_EVENTS: tuple[type[Event], ...] = (
    *organization.ALL,
    *customers.ALL,
    *tiers.ALL,
    *activities.ALL,
    *policies.ALL,
)
