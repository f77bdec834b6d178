"""Telling what an import brought, in its own transaction and in bounded memory."""

from __future__ import annotations

from core.customers.events import CustomerCreated, PurchaseRecorded
from core.customers.importing.staging import brought
from core.db.database import UnitOfWork
from core.events.declare import Event
from core.events.publish import publish, told

TOGETHER = 1_000


async def tell(work: UnitOfWork) -> None:
    """An event for each new customer and each new purchase, where anybody wants to know."""
    customers, purchases = (bool(told(work, kind)) for kind in (CustomerCreated, PurchaseRecorded))
    if not (customers or purchases):
        return
    after = 0
    while rows := await brought(work.session, after, TOGETHER):
        events: list[Event] = []
        for row in rows:
            if customers and row.new:
                events.append(CustomerCreated(customer_id=row.customer_id))
            if purchases:
                events.append(PurchaseRecorded(purchase_id=row.id, customer_id=row.customer_id))
        await publish(work, *events)
        after = rows[-1].line
