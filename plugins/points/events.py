"""What happens to points. Events carry ids, never figures: whoever acts upon one reads the rest."""

from __future__ import annotations

from uuid import UUID

from schema.plugin import Event


class PointsEarned(Event, name="points.earned", version=1):
    """A member earned points; they may still be pending."""

    transaction_id: UUID
    customer_id: UUID


class PointsRedeemed(Event, name="points.redeemed", version=1):
    """A member spent points."""

    transaction_id: UUID
    customer_id: UUID


class PointsExpired(Event, name="points.expired", version=1):
    """Points of a member expired."""

    transaction_id: UUID
    customer_id: UUID


class PointsLevelChanged(Event, name="points.level_changed", version=1):
    """A member came to another level, or left."""

    customer_id: UUID
    previous_id: UUID | None
    level_id: UUID | None


EVENTS = (PointsEarned, PointsRedeemed, PointsExpired, PointsLevelChanged)
