"""The running totals of a customer's purchases: spend, count, first and last (CUS-7)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.customers.models import Customer, Purchase
from core.db.database import UnitOfWork
from core.db.statements import Statement
from core.db.types import Key, Text, UtcTime


def _count() -> Statement:
    customer = Customer.__table__.c
    # With its type: inside CASE SQLAlchemy would take it for a plain time, stored otherwise by SQLite.
    at = sa.bindparam("bought_at", type_=UtcTime())
    first, last = customer.first_purchase_at, customer.last_purchase_at
    same = customer.spend_currency == sa.bindparam("paid_in", type_=Text)
    paid = sa.case((same, sa.bindparam("paid", type_=sa.BigInteger())), else_=0)
    return Statement(
        sa.update(Customer.__table__)  # type: ignore[arg-type]
        .where(customer.id == sa.bindparam("customer", type_=Key()))
        .values(
            spend_minor=customer.spend_minor + paid,
            purchase_count=customer.purchase_count + 1,
            first_purchase_at=sa.case((sa.or_(first.is_(None), first > at), at), else_=first),
            last_purchase_at=sa.case((sa.or_(last.is_(None), last < at), at), else_=last),
        )
    )


COUNT = _count()


async def count_purchase(work: UnitOfWork, purchase: Purchase) -> None:
    """Add one purchase. The database adds, so that two at once both count."""
    figures = {"bought_at": purchase.at, "paid_in": purchase.currency, "paid": purchase.amount_minor}
    await work.later(COUNT, {**figures, "customer": purchase.customer_id})


async def recount(session: AsyncSession, chosen: sa.ColumnElement[bool] | None = None) -> None:
    """Count anew the purchases of the customers for whom `chosen` holds (all, if None)."""
    chosen = sa.true() if chosen is None else chosen
    # Whoever records a purchase meanwhile waits, and is counted by the statement below or adds after it.
    locked = sa.select(Customer.id).where(chosen).order_by(Customer.id).with_for_update().subquery()
    await session.execute(sa.select(sa.func.count()).select_from(locked))
    mine = Purchase.customer_id == Customer.id

    def figure(expression: Any, *more: Any) -> Any:
        return sa.select(expression).where(mine, *more).correlate(Customer).scalar_subquery()

    spent = sa.cast(sa.func.coalesce(sa.func.sum(Purchase.amount_minor), 0), sa.BigInteger)
    await session.execute(
        sa.update(Customer)
        .where(chosen)
        .values(
            spend_minor=figure(spent, Purchase.currency == Customer.spend_currency),
            purchase_count=figure(sa.func.count()),
            first_purchase_at=figure(sa.func.min(Purchase.at)),
            last_purchase_at=figure(sa.func.max(Purchase.at)),
        )
        .execution_options(synchronize_session=False)
    )
