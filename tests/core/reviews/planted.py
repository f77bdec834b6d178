"""Audit records as they would have been written, and what a digest of them is, in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.purposes import Purpose
from core.audit.choices import AuditKind
from core.audit.models import AuditedCustomer, AuditRecord
from core.customers.choices import Collection as How
from core.customers.choices import CustomerKind, Source
from core.customers.models import Customer
from core.db.database import Database, UnitOfWork
from core.reviews.figures import Figures
from core.reviews.weeks import Week
from tests.core.world import World

READ = (AuditKind.READ, AuditKind.UNMASK)


@dataclass(frozen=True)
class Planted:
    """One record."""

    at: dt.datetime
    employee: UUID | None
    department: UUID | None
    kind: AuditKind = AuditKind.READ
    customers: tuple[UUID, ...] = ()
    calls: int = 1
    purpose: Purpose | None = Purpose.CARE
    emergency: UUID | None = None
    role: str = "salesperson"
    operation: str | None = None
    fields: tuple[str, ...] = ("Customer.phone",)


async def plant(work: UnitOfWork, records: Iterable[Planted]) -> None:
    """Write them; nobody asks here for their digests."""
    for one in records:
        key = work.ids.new()
        row = AuditRecord(
            id=key,
            at=one.at,
            kind=one.kind,
            employee_id=one.employee,
            department_id=one.department,
            role=one.role,
            operation=one.operation,
            purpose=one.purpose,
            emergency_id=one.emergency,
            fields=sorted(one.fields),
            customer_count=len(one.customers),
            calls=one.calls,
            content=b"",
            digest=b"",
        )
        work.session.add(row)
        await work.session.flush()
        work.session.add_all(
            AuditedCustomer(id=work.ids.new(), record_id=key, customer_id=customer)
            for customer in one.customers
        )
    await work.session.flush()


def by_hand(
    records: Collection[Planted],
    week: Week,
    owners: Mapping[UUID, UUID | None],
    members: Collection[tuple[UUID, UUID]],
    hours: Sequence[tuple[dt.datetime, dt.datetime]] | None,
) -> list[Figures]:
    """The figures of a week, in the most naive way."""
    groups: defaultdict[tuple[UUID, UUID], list[Planted]] = defaultdict(list)
    for one in records:
        local = one.at.astimezone(week.zone).date()
        counted = one.kind in (*READ, AuditKind.EXPORT, AuditKind.REFUSAL)
        if one.employee and one.department and counted and local in week.days:
            groups[one.employee, one.department].append(one)
    found = []
    for (employee, department), mine in groups.items():
        reads = [one for one in mine if one.kind in READ]
        exports = [one for one in mine if one.kind is AuditKind.EXPORT]
        days: defaultdict[dt.date, set[UUID]] = defaultdict(set)
        for one in reads:
            days[one.at.astimezone(week.zone).date()] |= {*one.customers}
        customers = set[UUID]().union(*days.values())
        foreign = {
            c
            for c in customers
            if owners[c] is not None and owners[c] != employee and (c, employee) not in members
        }
        found.append(
            Figures(
                employee,
                department,
                readings=sum(one.calls for one in reads),
                customers=len(customers),
                foreign_customers=len(foreign),
                most_a_day=max((len(some) for some in days.values()), default=0),
                days_active=len({one.at.astimezone(week.zone).date() for one in (*reads, *exports)}),
                exports=sum(one.calls for one in exports),
                exported_customers=len({c for one in exports for c in one.customers}),
                without_purpose=sum(one.calls for one in reads if one.purpose is None),
                outside_hours=sum(
                    one.calls
                    for one in reads
                    if hours is not None and not any(start <= one.at < end for start, end in hours)
                ),
                refusals=sum(one.calls for one in mine if one.kind is AuditKind.REFUSAL),
                emergencies=len({one.emergency for one in mine if one.emergency}),
            )
        )
    return sorted(found, key=lambda one: (one.department_id.hex, one.employee_id.hex))


async def more_customers(world: World, owner: str | None, many: int, department: str = "east") -> list[UUID]:
    """Customers of somebody, or of nobody."""
    keys = []
    async with world.database.unit_of_work() as work:
        now = work.clock.now()
        for _ in range(many):
            key = work.ids.new()
            keys.append(key)
            work.session.add(
                Customer(
                    id=key,
                    kind=CustomerKind.PERSON,
                    name=key.hex,
                    number=key.hex,
                    source=Source.WEB,
                    collected_by=How.STAFF,
                    spend_currency="CNY",
                    owner_id=world.employees[owner] if owner else None,
                    department_id=world.departments[department],
                    created_at=now,
                    updated_at=now,
                )
            )
    return keys


async def clear(database: Database) -> None:
    """No records any more."""
    async with database.unit_of_work() as work:
        await work.session.execute(sa.delete(AuditedCustomer))
        await work.session.execute(sa.delete(AuditRecord))
