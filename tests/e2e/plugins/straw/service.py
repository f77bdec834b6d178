"""Sticking marks on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from schema.plugin import (
    Customer,
    Event,
    Permission,
    Text,
    UnitOfWork,
    Viewer,
    add,
    allowed_on,
    allowed_somewhere,
    publish,
)
from tests.e2e.plugins.straw.models import StrawMark

MARK = Permission("StrawMark", "mark", Text("mark a customer", "标记客户"))
CUSTOMER = Text("customer", "客户")


class Marked(Event, name="straw.marked", version=1):
    """A customer was marked."""

    mark_id: UUID


@dataclass(frozen=True)
class Marks:
    """As one caller may."""

    work: UnitOfWork
    viewer: Viewer

    async def mark(self, customer: UUID, values: Mapping[str, Any]) -> StrawMark:
        allowed_somewhere(self.viewer, MARK)
        cell = await allowed_on(self.work, self.viewer, MARK, Customer, customer, CUSTOMER, "customerId")
        row = StrawMark(id=self.work.ids.new(), customer_id=customer, created_at=self.work.clock.now())
        await add(self.work, self.viewer, MARK, row, values, cell)
        await publish(self.work, Marked(mark_id=row.id))
        return row


async def mark_all(work: UnitOfWork, customers: Sequence[UUID], label: str) -> None:
    now = work.clock.now()
    rows = [
        {"id": work.ids.new(), "customer_id": one, "label": label, "created_at": now} for one in customers
    ]
    await work.session.execute(sa.insert(StrawMark), rows)
