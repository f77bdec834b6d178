"""What the books say at a time. Entries bear the time at which they were entered: no answer changes later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.ledger.books import ACCOUNTS, ENTRIES
from plugins.points.ledger.choices import PointsAccountKind, PointsSide
from plugins.points.settings import company_currency, settings_of
from schema.plugin import Money, UnitOfWork


@dataclass(frozen=True, slots=True)
class Liability:
    """What the company owes its members in points; what members owe (`claim`) is not taken off."""

    at: dt.datetime
    available: int
    pending: int
    claim: int
    worth: Money


async def balance_at(work: UnitOfWork, customer: UUID, at: dt.datetime) -> int:
    """The points that a member could call available."""
    chosen = (
        ENTRIES.c.customer_id == customer,
        ENTRIES.c.side == PointsSide.AVAILABLE,
        ENTRIES.c.at <= at,
    )
    total = sa.select(sa.func.coalesce(sa.func.sum(ENTRIES.c.points), 0)).where(*chosen)
    return int((await work.session.execute(total)).scalar_one())


async def liability_at(work: UnitOfWork, at: dt.datetime) -> Liability:
    """All members' points, and what they are worth at today's value of a point; rounded up."""
    members = ACCOUNTS.c.kind == PointsAccountKind.MEMBER
    totals: sa.Select[Any] = (
        sa.select(ENTRIES.c.side, sa.func.sum(ENTRIES.c.points))
        .join(ACCOUNTS, ACCOUNTS.c.id == ENTRIES.c.account_id)
        .where(members, ENTRIES.c.at <= at)
        .group_by(ENTRIES.c.side)
    )
    found = {side: int(points) for side, points in await work.session.execute(totals)}
    available, pending, claim = (found.get(side, 0) for side in PointsSide)
    settings = settings_of(work)
    worth = -(-(available + pending) * settings.value_minor // settings.value_points)
    return Liability(at, available, pending, -claim, Money(worth, company_currency(work)))
