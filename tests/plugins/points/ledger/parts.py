"""What the ledger's tests share."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa

from core.clock import HeldClock
from core.db.database import Database
from plugins.points.ledger.models import PointsAccount
from plugins.points.ledger.service import Ledger, Source
from tests.plugins.points.programme import SYSTEM

PURCHASE, GIFT = Source("purchase"), Source("reward")


@asynccontextmanager
async def ledger_of(database: Database) -> AsyncIterator[Ledger]:
    """The operator's, committed at the end."""
    async with database.unit_of_work() as work:
        yield Ledger(work, SYSTEM)


async def figures(database: Database, customer: UUID) -> tuple[int, int, int]:
    """Balance, pending and claim of a member, as the account says."""
    async with database.unit_of_work() as work:
        asked = sa.select(PointsAccount.balance, PointsAccount.pending, PointsAccount.claim)
        found = (await work.session.execute(asked.where(PointsAccount.customer_id == customer))).one()
        return found[0], found[1], found[2]


def later(database: Database, **by: int) -> dt.datetime:
    """Move the clock; the time it then shows."""
    assert isinstance(database.clock, HeldClock)
    database.clock.advance(dt.timedelta(**by))
    return database.clock.now()
