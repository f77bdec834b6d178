"""What happens here. Events carry ids, never values: whoever acts upon one reads the rest."""

from __future__ import annotations

from uuid import UUID

from schema.plugin import Event


class PraiseRecorded(Event, name="praise.recorded", version=1):
    """A review was recorded, by hand or by a channel."""

    review_id: UUID
    customer_id: UUID
