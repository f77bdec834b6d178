"""Figures of members that the rules of tiers may ask for, as they were at the time of the grading."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from plugins.points.ledger.choices import PointsSide
from plugins.points.ledger.models import PointsEntry
from plugins.points.membership.earned import earned
from schema.plugin import AsOf, Signal, Text

YEAR = dt.timedelta(days=365)


def earned_of(customer: Any, as_of: AsOf) -> Any:
    """Points earned in the 365 days up to then; what was reversed since does not count."""
    start = sa.literal(as_of.value - YEAR, as_of.type)
    return earned(customer.c.id, start, as_of)


def balance_of(customer: Any, as_of: AsOf) -> Any:
    """Points that could be called available then, from the entries."""
    entry = PointsEntry.__table__.alias()
    total = sa.cast(sa.func.coalesce(sa.func.sum(entry.c.points), 0), sa.BigInteger)
    mine = (
        entry.c.customer_id == customer.c.id,
        entry.c.side == PointsSide.AVAILABLE,
        entry.c.at <= as_of,
    )
    return sa.select(total).where(*mine).scalar_subquery()


SIGNALS = (
    Signal("points.balance", Text("points available", "可用积分"), balance_of),
    Signal("points.earned", Text("points earned in 365 days", "365 天内所得积分"), earned_of),
)
