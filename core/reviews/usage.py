"""How one employee used rights in a period, as far as records tell.

In which relation a customer stood is asked as it is now; a record about no customer counts in every relation.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from core.access.cells import BITS, DEPARTMENT, OWN, TEAM
from core.access.circumstances import EMERGENCY
from core.audit.choices import READINGS, AuditKind
from core.audit.models import AuditedCustomer, AuditRecord
from core.customers.models import Customer, CustomerMember
from core.db.expressions import Among, ListOf
from core.db.types import Key
from core.db.work import UnitOfWork
from core.reviews.rights import Right, Sort

WRITES = (
    AuditKind.WRITE,
    AuditKind.POLICY,
    AuditKind.EMERGENCY,
    AuditKind.SUSPENSION,
    AuditKind.REVIEW,
)
BARE = 8
"""Beside the relations' bits: the record is about no customer."""
NAMES = ("role", "sort", "operation", "about", "fields", "emergency", "cell")
record, seen = AuditRecord, AuditedCustomer


@dataclass(frozen=True, slots=True)
class Shape:
    """What records have in common that count for the same rights."""

    roles: frozenset[str]
    sort: Sort
    operation: str | None
    about: str | None
    fields: frozenset[str]
    emergency: bool
    cell: int

    @classmethod
    def of(cls, row: Any) -> Shape:
        """From a row with the columns NAMES."""
        role, sort, operation, about, fields, emergency, cell = row
        roles, named = frozenset((role or "").split("+")), frozenset(orjson.loads(fields or "[]"))
        return cls(roles, Sort[sort], operation, about, named, bool(emergency), cell)

    def uses(self, right: Right) -> bool:
        """Whether such a record is a use of the right."""
        done = right.done
        same = self.sort in right.sorts and self.roles & right.roles
        known = (
            self.fields & done.fields
            or self.operation in done.operations
            or (done.about is not None and self.about == done.about)
        )
        return bool(same and known and self._within(right.rule.relation))

    def _within(self, relation: str) -> bool:
        if relation == EMERGENCY:
            return self.emergency
        return relation not in BITS or bool(self.cell & (BITS[relation] | BARE))


@dataclass(slots=True)
class Use:
    """How a right was used."""

    readings: int = 0
    customers: set[UUID] = field(default_factory=set)
    last_at: dt.datetime | None = None


@dataclass(frozen=True)
class Usage:
    """What one employee did, by shape."""

    totals: Iterable[tuple[Shape, int, dt.datetime]]
    customers: Iterable[tuple[Shape, set[UUID]]]

    def of(self, right: Right) -> Use:
        """The use of one right."""
        use = Use()
        for shape, calls, last in self.totals:
            if shape.uses(right):
                use.readings += calls
                use.last_at = max(last, use.last_at or last)
        for shape, customers in self.customers:
            if shape.uses(right):
                use.customers |= customers
        return use


async def usage_of(
    work: UnitOfWork, employee: UUID, period: tuple[dt.datetime, dt.datetime], departments: Collection[UUID]
) -> Usage:
    """What an employee did from one moment until before another; `departments`: the own and those below."""
    mine = (
        record.employee_id == employee,
        record.at >= period[0],
        record.at < period[1],
        record.kind.in_((*READINGS, AuditKind.EXPORT, *WRITES)),
    )
    counted = await work.session.execute(_totals(mine, departments))
    totals = [(Shape.of(row[:-2]), int(row[-2]), row[-1]) for row in counted]
    customers: defaultdict[Any, set[UUID]] = defaultdict(set)
    for *shape, customer in await work.session.execute(_customers(mine, departments)):
        customers[tuple(shape)].add(customer)
    return Usage(totals, [(Shape.of(shape), some) for shape, some in customers.items()])


def _facts() -> list[Any]:
    return [
        record.role.label("role"),
        sa.case(
            (record.kind.in_(READINGS), Sort.READING.name),
            (record.kind == AuditKind.EXPORT, Sort.EXPORT.name),
            else_=Sort.WRITING.name,
        ).label("sort"),
        record.operation.label("operation"),
        record.about.label("about"),
        sa.type_coerce(record.fields, sa.Text).label("fields"),
        sa.case((record.emergency_id.is_not(None), 1), else_=0).label("emergency"),
    ]


def _relations(departments: Collection[UUID]) -> dict[int, sa.ColumnElement[bool]]:
    """By bit, the condition on a customer."""
    below = sa.bindparam("departments", list(departments), type_=ListOf(Key()))
    mate = sa.exists().where(
        CustomerMember.customer_id == Customer.id, CustomerMember.employee_id == record.employee_id
    )
    return {
        OWN: Customer.owner_id == record.employee_id,
        TEAM: mate.correlate(Customer, record),
        DEPARTMENT: Among(Customer.department_id, below),
    }


def _sum(bits: Iterable[tuple[int, sa.ColumnElement[bool]]]) -> sa.ColumnElement[int]:
    total: sa.ColumnElement[int] = sa.literal_column("0")
    for bit, condition in bits:
        total += sa.case((condition, sa.literal_column(str(bit))), else_=sa.literal_column("0"))
    return total.label("cell")


def _totals(mine: Collection[Any], departments: Collection[UUID]) -> sa.Select[Any]:
    """How often, and when last, by shape: a record stands in each relation of any of its customers."""
    about = sa.select(seen.id).where(seen.record_id == record.id)
    known = about.join(Customer, Customer.id == seen.customer_id).correlate(record)
    bits = [(bit, known.where(holds).exists()) for bit, holds in _relations(departments).items()]
    cell = _sum([*bits, (BARE, ~about.correlate(record).exists())])
    inner = sa.select(*_facts(), cell, record.calls, record.at).where(*mine).subquery()
    shape = [inner.c[name] for name in NAMES]
    return sa.select(*shape, sa.func.sum(inner.c.calls), sa.func.max(inner.c.at)).group_by(*shape)


def _customers(mine: Collection[Any], departments: Collection[UUID]) -> sa.Select[Any]:
    """Which customers, by shape."""
    cell = _sum(_relations(departments).items())
    return (
        sa.select(*_facts(), cell, seen.customer_id)
        .select_from(record)
        .join(seen, seen.record_id == record.id)
        .join(Customer, Customer.id == seen.customer_id)
        .where(*mine)
        .distinct()
    )
