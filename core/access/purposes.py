"""What customers' data is used for, as whoever asks declares it (ACC-6, CUS-4)."""

from __future__ import annotations

import enum

from core.text import Text


class Purpose(enum.Enum):
    """For what a request uses customers' data; declared in the header `Baoke-Purpose`."""

    CARE = Text("care", "客户关怀")
    SERVICE = Text("service", "客户服务")
    INVITATION = Text("activity invitation", "活动邀约")
    RECOMMENDATION = Text("recommendation", "产品推荐")


NECESSARY = frozenset({Purpose.CARE, Purpose.SERVICE})
"""Purposes that rest on the business with the customer; the others need the customer's consent (CUS-4)."""
