"""Which qualifications an employee lacks today, and until when that is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.access.circumstances import WITHOUT_AGREEMENT, WITHOUT_CHECK, WITHOUT_TRAINING
from core.clock import midnight
from core.qualifications.choices import QualificationKind
from core.qualifications.models import EmployeeQualification

LACK = {
    QualificationKind.AGREEMENT: WITHOUT_AGREEMENT,
    QualificationKind.BACKGROUND_CHECK: WITHOUT_CHECK,
    QualificationKind.TRAINING: WITHOUT_TRAINING,
}
FOREVER = dt.date.max
"""Stands for a qualification without an end."""


def last_day() -> sa.ColumnElement[Any]:
    """The last day on which a row of the table counts."""
    return sa.func.coalesce(EmployeeQualification.valid_until, sa.literal(FOREVER, sa.Date))


def last_days(employee: sa.ScalarSelect[Any]) -> sa.Subquery:
    """One row: for each kind, named like it, the last day on which the employee has it; null for never."""
    row = EmployeeQualification
    columns = (
        sa.func.max(last_day()).filter(row.kind == kind).label(kind.name) for kind in QualificationKind
    )
    return sa.select(*columns).where(row.employee_id == employee, row.revoked_at.is_(None)).subquery()


def lacking(
    days: Mapping[QualificationKind, dt.date], now: dt.datetime, zone: dt.tzinfo
) -> tuple[frozenset[str], dt.datetime | None]:
    """What is lacking now, as circumstances, and when the next one runs out; None where none does.

    `days`: the last day of each kind that there is, which ends when it ends in the zone.
    """
    today = now.astimezone(zone).date()
    held = {kind: day for kind, day in days.items() if day >= today}
    ending = [day for day in held.values() if day != FOREVER]
    until = midnight(min(ending) + dt.timedelta(days=1), zone) if ending else None
    return frozenset(lack for kind, lack in LACK.items() if kind not in held), until


def days_in(values: Sequence[str | dt.date | None]) -> dict[QualificationKind, dt.date]:
    """The columns of `last_days`, as either driver gives them."""
    return {
        kind: dt.date.fromisoformat(day) if isinstance(day, str) else day
        for kind, day in zip(QualificationKind, values, strict=True)
        if day is not None
    }
