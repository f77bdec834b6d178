"""SQL for fields: of the row that is given nothing but its columns is used."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from plugins.points.ledger.choices import PointsLotState
from plugins.points.ledger.models import PointsAccount, PointsLot, PointsTransaction
from plugins.points.membership.earned import earned
from plugins.points.membership.rules import months_before
from plugins.points.settings import PointsSettings
from schema.plugin import Services, Settings, UtcTime, when_asked

NOTHING = sa.literal_column("0", sa.BigInteger)


def _of_account(customer: Any, figure: str) -> Any:
    account = PointsAccount.__table__.alias()
    return sa.select(account.c[figure]).where(account.c.customer_id == customer.c.id).scalar_subquery()


def balance_of(customer: Any) -> Any:
    """Points that are available; null for whoever has no account."""
    return _of_account(customer, "balance")


def pending_of(customer: Any) -> Any:
    """Points that wait to be confirmed."""
    return _of_account(customer, "pending")


def claim_of(customer: Any) -> Any:
    """Points that the customer owes."""
    return _of_account(customer, "claim")


def expiring_of(customer: Any) -> Any:
    """Points that expire within the days of the settings."""
    lot, mine = _spendable(customer)
    soon = lot.c.expires_at <= when_asked(UtcTime(), _soon)
    total = sa.cast(sa.func.coalesce(sa.func.sum(lot.c.remaining), NOTHING), sa.BigInteger)
    return sa.select(total).where(mine, soon).scalar_subquery()


def next_expiry_of(customer: Any) -> Any:
    """When points next expire."""
    lot, mine = _spendable(customer)
    return sa.select(sa.func.min(lot.c.expires_at)).where(mine).scalar_subquery()


def earned_of(customer: Any) -> Any:
    """Points that count towards the level now."""
    return earned(customer.c.id, when_asked(UtcTime(), _window), when_asked(UtcTime(), _now))


def kind_of(entry: Any) -> Any:
    """What happened in the transaction of an entry."""
    return _of_transaction(entry, "kind")


def reason_of(entry: Any) -> Any:
    """Why."""
    return _of_transaction(entry, "reason")


def _of_transaction(entry: Any, column: str) -> Any:
    whole = PointsTransaction.__table__.alias()
    return sa.select(whole.c[column]).where(whole.c.id == entry.c.transaction_id).scalar_subquery()


def _spendable(customer: Any) -> tuple[Any, Any]:
    """The lots, and the condition of those of the customer that are not empty and have an end to come."""
    lot = PointsLot.__table__.alias()
    mine = sa.and_(
        lot.c.customer_id == customer.c.id,
        lot.c.remaining > NOTHING,
        lot.c.state == sa.literal_column(f"'{PointsLotState.AVAILABLE.name}'"),
        lot.c.expires_at > when_asked(UtcTime(), _now),
    )
    return lot, mine


def _now(now: dt.datetime, _services: Services) -> dt.datetime:
    return now


def _soon(now: dt.datetime, services: Services) -> dt.datetime:
    return now + dt.timedelta(days=services[PointsSettings].expiring_days)


def _window(now: dt.datetime, services: Services) -> dt.datetime:
    return months_before(now, services[PointsSettings].level_months, services[Settings].zone)
