"""What may be done to consents (CUS-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import NOT_ALLOWED, allowed_on, allowed_somewhere
from core.access.purposes import NECESSARY
from core.access.viewer import Viewer
from core.access.writing import add, change
from core.consents import permissions
from core.consents.events import ConsentGiven, ConsentWithdrawn
from core.consents.models import Consent
from core.customers.models import Customer
from core.customers.records import CUSTOMER, FUTURE
from core.db.database import UnitOfWork
from core.errors import Conflict, Forbidden, InvalidInput
from core.events.publish import publish
from core.text import Text

CONSENT = Text("consent", "同意")
NEEDS_NONE = Text(
    "this purpose rests on the business with the customer and needs no consent",
    "该用途基于与客户的业务往来，无须征得同意",
)
GIVEN = Text("the customer has agreed to this purpose already", "客户已同意该用途")


@dataclass(frozen=True)
class ConsentService:
    """Consents, as one caller may record them. Each stands where its customer stands."""

    work: UnitOfWork
    viewer: Viewer

    async def record(self, customer: UUID, values: Mapping[str, Any]) -> Consent:
        """Record purpose, channel, given_at (now unless given), evidence. CONFLICT where one is in force."""
        allowed_somewhere(self.viewer, permissions.RECORD_CONSENT)
        session, now = self.work.session, self.work.clock.now()
        cell = await allowed_on(
            self.work, self.viewer, permissions.RECORD_CONSENT, Customer, customer, CUSTOMER, "customerId"
        )
        if cell not in self.viewer.plan.rows(Consent.__name__):  # CONFLICT would tell of what is not visible
            raise Forbidden("customerId", NOT_ALLOWED)
        purpose, at = values["purpose"], values.get("given_at") or now
        if purpose in NECESSARY:
            raise InvalidInput("purpose", NEEDS_NONE)
        if at > now:
            raise InvalidInput("givenAt", FUTURE)
        # Two who record the same consent at once: one waits here.
        await session.execute(sa.select(Customer.id).where(Customer.id == customer).with_for_update())
        in_force = sa.exists().where(
            Consent.customer_id == customer, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
        if await session.scalar(sa.select(in_force)):
            raise Conflict("purpose", GIVEN)
        row = Consent(
            id=self.work.ids.new(),
            customer_id=customer,
            recorded_by_id=self.viewer.employee,
            recorded_at=now,
        )
        await add(self.work, self.viewer, permissions.RECORD_CONSENT, row, {**values, "given_at": at}, cell)
        await publish(self.work, ConsentGiven(consent_id=row.id, customer_id=customer, purpose=purpose))
        return row

    async def withdraw(self, key: UUID) -> Consent:
        """It holds no more, from now on; a second time keeps the first date."""
        allowed_somewhere(self.viewer, permissions.RECORD_CONSENT)
        at = (Consent, key, CONSENT)
        await allowed_on(self.work, self.viewer, permissions.RECORD_CONSENT, *at)
        row = await self.work.session.get_one(Consent, key, with_for_update=True)
        if row.withdrawn_at is not None:
            return row
        row.withdrawn_by_id, changes = self.viewer.employee, {"withdrawn_at": self.work.clock.now()}
        await change(self.work, self.viewer, permissions.RECORD_CONSENT, at, changes)
        told = ConsentWithdrawn(consent_id=key, customer_id=row.customer_id, purpose=row.purpose)
        await publish(self.work, told)
        return row
