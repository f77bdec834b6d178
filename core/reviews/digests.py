"""Digests: the figures of a week beside the others and the employee's own past, with flags (ACC-3, BEY-9).

Computed again, a week's rows keep their ids; what is not counted any more goes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.work import UnitOfWork
from core.organization.models import Employee
from core.reviews.choices import DigestFlag
from core.reviews.figures import Figures, Hours, figures_of, values
from core.reviews.flags import (
    FEWEST_PEERS,
    FEWEST_WEEKS,
    HISTORY_WEEKS,
    LEAVING_DAYS,
    Beside,
    flags_of,
    leaving,
    median,
    median_of_others,
)
from core.reviews.models import AuditDigest
from core.reviews.weeks import DAYS, Week

TABLE: Any = AuditDigest.__table__
PAST_WEEKS = LEAVING_DAYS // DAYS + 1
Key = tuple[UUID, UUID]
"""Employee and department."""


@dataclass(frozen=True)
class Digested:
    """What came of a week."""

    employees: int
    flagged: int


async def digest(work: UnitOfWork, week: Week, hours: Hours) -> Digested:
    """Compute a week; then look again at exports of the weeks before by those who are now known to leave."""
    figures = await figures_of(work, week, hours)
    before = await _known(work, week)
    rows = _rows(figures, week, await _leaving(work), await _usual(work, week))
    now = work.clock.now()
    await work.session.execute(sa.delete(AuditDigest).where(AuditDigest.week == week.monday))
    if rows:
        made = [
            {**row, "id": before.get((row["employee_id"], row["department_id"])) or work.ids.new()}
            for row in rows
        ]
        await work.session.execute(sa.insert(TABLE), [{**row, "computed_at": now} for row in made])
    await _look_again(work, week)
    return Digested(len({row["employee_id"] for row in rows}), sum(row["flagged"] for row in rows))


def _rows(
    figures: Sequence[Figures],
    week: Week,
    leaving_on: Mapping[UUID, dt.date],
    usual: Mapping[UUID, Sequence[int]],
) -> list[dict[str, Any]]:
    company = sorted(one.customers for one in figures)
    departments: defaultdict[UUID, list[int]] = defaultdict(list)
    for one in figures:
        departments[one.department_id].append(one.customers)
    for counts in departments.values():
        counts.sort()
    readings, silent = sum(one.readings for one in figures), sum(one.without_purpose for one in figures)
    found = []
    for one in figures:
        mine = departments[one.department_id]
        among = mine if len(mine) > FEWEST_PEERS else company
        past = sorted(usual.get(one.employee_id, ()))
        beside = Beside(
            peers=median_of_others(among, one.customers),
            in_department=among is mine,
            usual=median(past) if len(past) >= FEWEST_WEEKS else None,
            leaves_on=leaving_on.get(one.employee_id),
            monday=week.monday,
            purposes_are_declared=silent * 2 < readings,
        )
        flags = [flag.name for flag in flags_of(one, beside)]
        found.append(
            {
                **values(one),
                "week": week.monday,
                "peers_customers": beside.peers,
                "factor_millis": beside.factor(one.customers),
                "usual_foreign": beside.usual,
                "flags": flags,
                "flagged": bool(flags),
            }
        )
    return found


async def _known(work: UnitOfWork, week: Week) -> dict[Key, UUID]:
    rows = await work.session.execute(
        sa.select(AuditDigest.employee_id, AuditDigest.department_id, AuditDigest.id).where(
            AuditDigest.week == week.monday
        )
    )
    return {(employee, department): key for employee, department, key in rows}


async def _leaving(work: UnitOfWork) -> dict[UUID, dt.date]:
    rows = await work.session.execute(
        sa.select(Employee.id, Employee.leaves_on).where(Employee.leaves_on.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


async def _usual(work: UnitOfWork, week: Week) -> dict[UUID, list[int]]:
    """Foreign customers of each employee's weeks before."""
    rows = await work.session.execute(
        sa.select(AuditDigest.employee_id, AuditDigest.foreign_customers).where(
            AuditDigest.week >= week.earlier(HISTORY_WEEKS), AuditDigest.week < week.monday
        )
    )
    found: defaultdict[UUID, list[int]] = defaultdict(list)
    for employee, foreign in rows:
        found[employee].append(foreign)
    return found


async def _look_again(work: UnitOfWork, week: Week) -> None:
    """Who leaves is often known only weeks after the export."""
    rows = await work.session.execute(
        sa.select(AuditDigest.id, AuditDigest.week, AuditDigest.flags, Employee.leaves_on)
        .join(Employee, Employee.id == AuditDigest.employee_id)
        .where(
            AuditDigest.week >= week.earlier(PAST_WEEKS),
            AuditDigest.week < week.monday,
            AuditDigest.exports > 0,
        )
    )
    sign = DigestFlag.EXPORT_BEFORE_LEAVING.name
    for key, monday, before, leaves_on in rows.all():
        wanted = {*before, sign} if leaving(monday, leaves_on) else {*before} - {sign}
        if wanted != {*before}:
            flags = [flag.name for flag in DigestFlag if flag.name in wanted]
            change = {"flags": flags, "flagged": bool(flags), "computed_at": work.clock.now()}
            await work.session.execute(sa.update(AuditDigest).where(AuditDigest.id == key).values(change))
