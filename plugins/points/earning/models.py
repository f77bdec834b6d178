"""The rules of earning."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.earning.choices import PointsTrigger
from schema.plugin import PUBLIC, Choice, JsonColumn, Model, String, UtcTime, column, key_column


class Multipliers(JsonColumn):
    """Code of a tier to [numerator, denominator]."""

    def sample(self, number: int) -> dict[str, list[int]]:
        """For `baoke plugin check`."""
        return {"gold": [number + 1, 1]}


class PointsRule(Model):
    """How many points something earns; who buys, and for how much, is not in it.

    A purchase earns `numerator` points for each `denominator` minor units of `currency`; anything else earns
    `numerator / denominator` points each time. Both are multiplied by the member's tier; rounded down once.
    """

    __tablename__ = "p_points_rules"
    __prefix__ = "prl"
    __table_args__ = (
        sa.CheckConstraint("numerator > 0 AND denominator > 0", "ratio"),
        sa.CheckConstraint("pending_days >= 0 AND expiry_months >= 0", "days"),
        sa.Index(None, "trigger", "id"),
    )

    id = key_column()
    name = column(String, PUBLIC, "Name in Chinese.", nullable=False)
    name_en = column(String, PUBLIC, "Name in English.", nullable=False)
    trigger = column(Choice(PointsTrigger), PUBLIC, "What earns the points.", nullable=False)
    event = column(String, PUBLIC, "Name of the event, where an event earns them.")
    category = column(String, PUBLIC, "Only purchases of this category; null for any.")
    currency = column(
        String, PUBLIC, "Only purchases in this currency (ISO 4217), in whose minor units it counts."
    )
    numerator = column(sa.BigInteger, PUBLIC, "Points …", nullable=False)
    denominator = column(sa.BigInteger, PUBLIC, "… for so many minor units, or times.", nullable=False)
    multipliers = column(
        Multipliers,
        PUBLIC,
        "Tier code to its multiplier as [numerator, denominator]; other tiers 1.",
        nullable=False,
    )
    valid_from = column(UtcTime, PUBLIC, "From when it holds.", nullable=False)
    valid_until = column(UtcTime, PUBLIC, "Until when it holds, that instant excluded; null for ever.")
    pending_days = column(
        sa.Integer,
        PUBLIC,
        "Days after which the points become available; 0: at once.",
        nullable=False,
        default=0,
    )
    expiry_months = column(
        sa.Integer,
        PUBLIC,
        "The points expire at the end of the month that lies so many months after the one in which they were "
        "earned; null for never.",
    )
    active = column(sa.Boolean, PUBLIC, "Whether it is in use.", nullable=False, default=True)
    created_at = column(UtcTime, PUBLIC, "When it was entered.", nullable=False)
