"""Whether a customer is there already, told only to those who may know it (PRM-7)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from core.access.plan import SHOWN
from core.access.viewer import Viewer
from core.customers.errors import DuplicateCustomer
from core.customers.models import Customer
from core.db.database import UnitOfWork
from core.db.model import camel

# An address is shared by families and offices: equal ones say nothing.
TELLING = ("phone", "email", "wechat", "identity_number")


async def refuse_duplicate(work: UnitOfWork, viewer: Viewer, row: Customer, names: Collection[str]) -> None:
    """DUPLICATE_CUSTOMER where one of the named fields (see `TELLING`) has the value of another customer.

    The database allows equal values. One is told only of a customer whom the caller sees with that field
    fully shown; otherwise the answer is the one that is given where there is no equal: who may not read phone
    numbers can't ask for them one by one. What is entered twice that way, those with wider rights find.
    """
    given = {n: i for n in TELLING if n in names and (i := getattr(row, f"{n}_index")) is not None}
    if not given:
        return
    other = Customer.__table__.alias()
    relations = viewer.plan.catalogue.relations.cell_columns("Customer", other)
    equal = {name: other.c[f"{name}_index"] == index for name, index in given.items()}
    marks: list[Any] = [
        sa.case((match, sa.literal_column("1")), else_=sa.literal_column("0")) for match in equal.values()
    ]
    found = await work.session.execute(
        sa.select(other.c.id, *marks, *relations)
        .where(sa.or_(*equal.values()), other.c.id != row.id)
        .order_by(other.c.id),
        viewer.parameters,
    )
    for existing, *figures in found:
        same, cell = figures[: len(marks)], sum(figures[len(marks) :])
        for name, is_same in zip(given, same, strict=True):
            shown = viewer.plan.effects("Customer", camel(name))[cell] == SHOWN
            if is_same and shown and cell in viewer.plan.rows("Customer"):
                raise DuplicateCustomer(camel(name), existing)
