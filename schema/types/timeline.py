"""What a timeline consists of (CUS-1)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema.types.activities import Participation
from schema.types.customers import Interaction, Purchase
from schema.types.tiers import TierAssignment

TimelineEntry = Annotated[
    Purchase | Interaction | Participation | TierAssignment,
    strawberry.union("TimelineEntry", description="Something that happened with a customer."),
]
