"""The ready-made scheme in the small company, and what happens to its customers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.clock import HeldClock
from core.customers.choices import InteractionKind
from core.customers.service import CustomerService
from core.tiers.models import TierAssignment
from core.tiers.service import TierService
from tests.core.world import World

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Graded:
    world: World
    scheme: UUID
    tiers: dict[str, UUID]

    async def act(self, role: str, name: str, *args: Any) -> Any:
        async with self.world.database.unit_of_work() as work:
            return await getattr(TierService(work, self.world.viewer(role)), name)(*args)

    async def buy(
        self, customer: str, amount: int, days_ago: int, currency: str = "CNY", **more: Any
    ) -> None:
        values = {"at": self.now - days_ago * DAY, "amount_minor": amount, "currency": currency, **more}
        async with self.world.database.unit_of_work() as work:
            service = CustomerService(work, self.world.operator(), "CNY")
            await service.record_purchase(self.world.customers[customer], values)

    async def contact(self, customer: str, days_ago: int) -> None:
        values = {"at": self.now - days_ago * DAY, "kind": InteractionKind.COMPLAINT}
        async with self.world.database.unit_of_work() as work:
            service = CustomerService(work, self.world.operator(), "CNY")
            await service.record_interaction(self.world.customers[customer], values)

    async def history(self, customer: str) -> list[TierAssignment]:
        mine = TierAssignment.customer_id == self.world.customers[customer]
        order = (TierAssignment.ended_at.is_(None), TierAssignment.assigned_at)
        async with self.world.database.unit_of_work() as work:
            return list(await work.session.scalars(sa.select(TierAssignment).where(mine).order_by(*order)))

    @property
    def now(self) -> dt.datetime:
        return self.world.database.clock.now()

    def wait(self, days: int) -> None:
        clock = self.world.database.clock
        assert isinstance(clock, HeldClock)
        clock.advance(days * DAY)
