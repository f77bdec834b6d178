"""What is recorded of a customer: purchases, interactions, preferences (CUS-1, CUS-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.changes import all_values_of, tell
from core.access.guard import Permission, allowed_somewhere, standing_of
from core.access.standing import Standing
from core.access.viewer import Viewer
from core.access.writing import add, change
from core.customers import permissions
from core.customers.choices import Collection, Source
from core.customers.events import InteractionRecorded, PreferenceSet, PurchaseRecorded
from core.customers.models import Customer, Interaction, Preference, Purchase
from core.customers.totals import count_purchase
from core.db.database import UnitOfWork
from core.errors import InvalidInput
from core.events.publish import publish
from core.money import CURRENCIES, MOST_MINOR, NO_CURRENCY, Money
from core.text import Text

MOST_PIECES = 2**31 - 1
CUSTOMER = Text("customer", "客户")
PREFERENCE = Text("preference", "偏好")
FUTURE = Text("this lies in the future", "时间在将来")
AMOUNT = Text("from 0 to {most}", "应为 0 至 {most}")
PIECES = Text("from 1 to {most}", "应为 1 至 {most}")


@dataclass(frozen=True)
class Records:
    """What one caller may record. Each record stands where its customer stands."""

    work: UnitOfWork
    viewer: Viewer

    async def record_purchase(self, customer: UUID, values: Mapping[str, Any]) -> Purchase:
        """Record a purchase and count it into the customer's totals. An amount of zero counts as a purchase.

        CONFLICT where the customer has a purchase with this reference already.
        """
        standing = await self._standing(permissions.RECORD_PURCHASE, customer)
        self._check_purchase(values)
        row = Purchase(
            **self._origin(customer), quantity=1, source=Source.PURCHASE, recorded_by_id=self.viewer.employee
        )
        await add(self.work, self.viewer, permissions.RECORD_PURCHASE, row, values, standing, later=True)
        await count_purchase(self.work, row)
        await publish(self.work, PurchaseRecorded(purchase_id=row.id, customer_id=customer))
        return row

    async def record_interaction(self, customer: UUID, values: Mapping[str, Any]) -> Interaction:
        """Record a contact: now and by the caller, unless said otherwise."""
        standing = await self._standing(permissions.RECORD_INTERACTION, customer)
        self._not_future(values)
        row = Interaction(
            **self._origin(customer),
            at=self.work.clock.now(),
            source=Source.BUSINESS_CONTACT,
            employee_id=self.viewer.employee,
        )
        await add(self.work, self.viewer, permissions.RECORD_INTERACTION, row, values, standing, later=True)
        await publish(self.work, InteractionRecorded(interaction_id=row.id, customer_id=customer))
        return row

    async def set_preference(self, customer: UUID, values: Mapping[str, Any]) -> Preference | None:
        """Record what the customer prefers on a topic, in place of what was known; None forgets it."""
        standing = await self._standing(permissions.RECORD_PREFERENCE, customer)
        session, now = self.work.session, self.work.clock.now()
        topic = str(values.get("topic") or "").strip()
        # Two who tell the same topic at once: one waits here.
        await session.execute(sa.select(Customer.id).where(Customer.id == customer).with_for_update())
        known = await session.scalar(
            sa.select(Preference).where(Preference.customer_id == customer, Preference.topic == topic)
        )
        if known is None:
            if values.get("value") is None:
                return None
            made = self._origin(customer)
            del made["created_at"]
            row = Preference(**made, recorded_at=now, source=Source.BUSINESS_CONTACT)
            await add(self.work, self.viewer, permissions.RECORD_PREFERENCE, row, values, standing)
            await publish(self.work, PreferenceSet(preference_id=row.id, customer_id=customer))
            return row
        await publish(self.work, PreferenceSet(preference_id=known.id, customer_id=customer))
        if values.get("value") is None:
            await session.delete(known)
            await session.flush()
            await tell(self.work, self.viewer, known, all_values_of(known), None)
            return None
        at = (Preference, known.id, PREFERENCE)
        row = await change(self.work, self.viewer, permissions.RECORD_PREFERENCE, at, values)
        row.recorded_at = now
        return row

    async def _standing(self, permission: Permission, customer: UUID) -> Standing:
        """Where the customer stands, if the act is allowed there."""
        allowed_somewhere(self.viewer, permission)
        return await standing_of(
            self.work, self.viewer, permission, Customer, customer, CUSTOMER, "customerId"
        )

    def _origin(self, customer: UUID) -> dict[str, Any]:
        return {
            "id": self.work.ids.new(),
            "customer_id": customer,
            "collected_by": Collection.STAFF,
            "created_at": self.work.clock.now(),
        }

    def _check_purchase(self, values: Mapping[str, Any]) -> None:
        self._not_future(values)
        currency = values["currency"]
        if currency not in CURRENCIES:
            raise InvalidInput("amount.currency", NO_CURRENCY)
        if not 0 <= values["amount_minor"] <= MOST_MINOR:
            raise InvalidInput("amount", AMOUNT, most=Money(MOST_MINOR, currency))
        if not 1 <= values.get("quantity", 1) <= MOST_PIECES:
            raise InvalidInput("quantity", PIECES, most=MOST_PIECES)

    def _not_future(self, values: Mapping[str, Any]) -> None:
        if (at := values.get("at")) is not None and at > self.work.clock.now():
            raise InvalidInput("at", FUTURE)
