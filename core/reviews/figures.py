"""The figures of a week: counted by the database, one row for each employee in each department.

Whose customer it is, and who is in the team, is as it stands when the figures are computed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from core.audit.choices import READINGS, AuditKind
from core.audit.models import AuditedCustomer, AuditRecord
from core.customers.models import Customer, CustomerMember
from core.db.work import UnitOfWork
from core.reviews.weeks import Week

COUNTED = (*READINGS, AuditKind.EXPORT, AuditKind.REFUSAL)
"""Kinds of records that give an employee figures at all."""

Hours: TypeAlias = Sequence[tuple[dt.datetime, dt.datetime]] | None
"""From when until when the company works, in UTC; None where no working hours are set."""
WHO = ("employee_id", "department_id")
REACHED = ("customers", "foreign_customers", "exported_customers", "most_a_day")
"""What `_reached` gives for each employee in each department."""
record = AuditRecord
reads, exports = record.kind.in_(READINGS), record.kind == AuditKind.EXPORT


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of one employee in one department."""

    employee_id: UUID
    department_id: UUID
    readings: int = 0
    customers: int = 0
    foreign_customers: int = 0
    most_a_day: int = 0
    days_active: int = 0
    exports: int = 0
    exported_customers: int = 0
    without_purpose: int = 0
    outside_hours: int = 0
    refusals: int = 0
    emergencies: int = 0


async def figures_of(work: UnitOfWork, week: Week, hours: Hours) -> list[Figures]:
    """All figures of a week, by employee and department."""
    reached = {(row[0], row[1]): row[2:] for row in await work.session.execute(_reached(week))}
    found = []
    for row in (await work.session.execute(_counted(week, hours))).mappings():
        who = row["employee_id"], row["department_id"]
        seen: dict[str, Any] = dict(zip(REACHED, reached.get(who, (0,) * len(REACHED)), strict=True))
        counts: dict[str, Any] = {name: value for name, value in row.items() if name not in WHO}
        known: dict[str, Any] = {name: int(value or 0) for name, value in {**counts, **seen}.items()}
        found.append(Figures(*who, **known))
    return sorted(found, key=lambda one: (one.department_id.hex, one.employee_id.hex))


def values(one: Figures) -> dict[str, Any]:
    """The figures by column."""
    return asdict(one)


def _within(week: Week) -> tuple[sa.ColumnElement[bool], ...]:
    start, *_, end = week.bounds
    return (
        record.at >= start,
        record.at < end,
        record.employee_id.is_not(None),
        record.department_id.is_not(None),
    )


def _day(week: Week) -> sa.ColumnElement[int]:
    """The number of the day in the week; days may be longer or shorter than 24 hours."""
    ends = week.bounds[1:-1]
    return sa.case(*((record.at < end, i) for i, end in enumerate(ends)), else_=len(ends))


def _outside(hours: Hours) -> sa.ColumnElement[bool]:
    if hours is None:
        return sa.false()
    return sa.not_(sa.or_(sa.false(), *(sa.and_(record.at >= s, record.at < e) for s, e in hours)))


def _counted(week: Week, hours: Hours) -> sa.Select[Any]:
    """What records say themselves."""

    def calls(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((sa.and_(*conditions), record.calls), else_=0))

    active = sa.case((sa.or_(reads, exports), _day(week)))
    return (
        sa.select(
            record.employee_id,
            record.department_id,
            calls(reads).label("readings"),
            calls(exports).label("exports"),
            calls(reads, record.purpose.is_(None)).label("without_purpose"),
            calls(reads, _outside(hours)).label("outside_hours"),
            calls(record.kind == AuditKind.REFUSAL).label("refusals"),
            sa.func.count(sa.distinct(record.emergency_id)).label("emergencies"),
            sa.func.count(sa.distinct(active)).label("days_active"),
        )
        .where(*_within(week), record.kind.in_(COUNTED))
        .group_by(record.employee_id, record.department_id)
    )


def _reached(week: Week) -> sa.Select[Any]:
    """Which customers: in all, of others, exported, and most on one day."""
    seen = (
        sa.select(
            record.employee_id,
            record.department_id,
            AuditedCustomer.customer_id,
            _day(week).label("day"),
            sa.case((reads, 1), else_=0).label("read"),
        )
        .join(AuditedCustomer, AuditedCustomer.record_id == record.id)
        .where(*_within(week), sa.or_(reads, exports))
        .distinct()
        .cte("seen")
    )
    who = (seen.c.employee_id, seen.c.department_id)
    once = (
        sa.select(
            *who,
            seen.c.customer_id,
            sa.func.max(seen.c.read).label("read"),
            sa.func.max(1 - seen.c.read).label("exported"),
        )
        .group_by(*who, seen.c.customer_id)
        .subquery()
    )
    daily = sa.select(*who, sa.func.sum(seen.c.read).label("a_day")).group_by(*who, seen.c.day).subquery()
    most = (
        sa.select(daily.c.employee_id, daily.c.department_id, sa.func.max(daily.c.a_day).label("most"))
        .group_by(daily.c.employee_id, daily.c.department_id)
        .subquery()
    )
    mate = sa.exists().where(
        CustomerMember.customer_id == once.c.customer_id, CustomerMember.employee_id == once.c.employee_id
    )
    foreign = sa.and_(once.c.read == 1, Customer.owner_id != once.c.employee_id, ~mate)
    key = (once.c.employee_id, once.c.department_id)
    return (
        sa.select(
            *key,
            sa.func.sum(once.c.read),
            sa.func.sum(sa.case((foreign, 1), else_=0)),
            sa.func.sum(once.c.exported),
            sa.func.max(most.c.most),
        )
        .join(Customer, Customer.id == once.c.customer_id)
        .join(most, sa.and_(most.c.employee_id == key[0], most.c.department_id == key[1]))
        .group_by(*key)
    )
