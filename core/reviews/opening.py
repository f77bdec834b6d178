"""Opening the review of a department: its rights, who holds them and how each used them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.access.cells import DEPARTMENT
from core.access.plan import AccessPlan, Catalogue
from core.access.rules import Policy
from core.clock import midnight
from core.db.work import UnitOfWork
from core.events.publish import publish
from core.organization.models import Department, Employee, EmployeeRole
from core.organization.principals import departments_below
from core.reviews.choices import ReviewState
from core.reviews.events import AccessReviewOpened
from core.reviews.flags import median_of_others
from core.reviews.models import AccessReview, AccessReviewItem, AccessReviewUsage
from core.reviews.permissions import DECIDE
from core.reviews.rights import Right, fields_of, rights_of
from core.reviews.usage import Use, usage_of

DUE_AFTER = dt.timedelta(days=14)
ITEMS: Any = AccessReviewItem.__table__
USAGES: Any = AccessReviewUsage.__table__


@dataclass(frozen=True)
class Period:
    """Whole months before the day on which reviews are opened."""

    first: dt.date
    last: dt.date
    opened_on: dt.date

    @classmethod
    def before(cls, day: dt.date, months: int) -> Self:
        """The months that ended before the day's own month."""
        begun = day.year * 12 + day.month - 1 - months
        first = dt.date(begun // 12, begun % 12 + 1, 1)
        return cls(first, day.replace(day=1) - dt.timedelta(days=1), day)

    def bounds(self, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """From when until before when, in UTC."""
        return midnight(self.first, zone), midnight(self.last + dt.timedelta(days=1), zone)


@dataclass(frozen=True)
class Opening:
    """Opens reviews of one period under one policy."""

    work: UnitOfWork
    policy: Policy
    catalogue: Catalogue
    period: Period
    zone: ZoneInfo

    async def open(self, department: UUID) -> AccessReview | None:
        """The review of a department; None where nobody works there, or it was opened before."""
        people = await self._people([department])
        if not people or await self._opened(department):
            return None
        now, roles = self.work.clock.now(), sorted(set().union(*people.values()))
        rights = rights_of(self.policy, fields_of(self.catalogue), roles)
        reviewer = await self._reviewer(department)
        review = AccessReview(
            id=self.work.ids.new(),
            department_id=department,
            period_from=self.period.first,
            period_to=self.period.last,
            due_on=self.period.opened_on + DUE_AFTER,
            state=ReviewState.OPEN,
            reviewer_role=reviewer,
            raised_at=None if reviewer else now,
            opened_at=now,
        )
        self.work.session.add(review)
        await self.work.session.flush()
        await self._write(review, rights, people, await self._uses(department, rights, people))
        opened = AccessReviewOpened(review_id=review.id, department_id=department, due_on=review.due_on)
        await publish(self.work, opened)
        return review

    async def _opened(self, department: UUID) -> bool:
        known = sa.select(AccessReview.id).where(
            AccessReview.department_id == department, AccessReview.period_to == self.period.last
        )
        return await self.work.session.scalar(known) is not None

    async def _people(self, departments: Collection[UUID]) -> dict[UUID, set[str]]:
        """The employees of departments with the roles that they may act in, suspended ones too."""
        rows = await self.work.session.execute(
            sa.select(Employee.id, EmployeeRole.role)
            .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
            .where(Employee.department_id.in_(departments))
            .order_by(Employee.id)
        )
        found: defaultdict[UUID, set[str]] = defaultdict(set)
        for employee, role in rows:
            found[employee].add(role)
        return found

    async def _reviewer(self, department: UUID) -> str | None:
        """The role in the department, or nearest above it, that may decide."""
        rows = await self.work.session.execute(sa.select(Department.id, Department.parent_id))
        parents: dict[UUID, UUID | None] = {row[0]: row[1] for row in rows}
        spoken = self.policy.about(f"type:{DECIDE.type}")
        place: UUID | None = department
        for _ in range(len(parents)):  # a tree with a circle ends too
            if place is None:
                break
            for role in sorted(set().union(*(await self._people([place])).values())):
                plan = AccessPlan(self.catalogue, spoken.rules_of((role,)))
                if DEPARTMENT in plan.cells(DECIDE.type, DECIDE.act):
                    return role
            place = parents[place]
        return None

    async def _uses(
        self, department: UUID, rights: Sequence[Right], people: Mapping[UUID, set[str]]
    ) -> Mapping[UUID, Sequence[Use]]:
        below = departments_below(sa.select(Department.id).where(Department.id == department))
        departments = (await self.work.session.scalars(sa.select(below.c.id))).all()
        found = {}
        for employee in people:
            usage = await usage_of(self.work, employee, self.period.bounds(self.zone), departments)
            found[employee] = [usage.of(right) for right in rights]
            await asyncio.sleep(0)
        return found

    async def _write(
        self,
        review: AccessReview,
        rights: Sequence[Right],
        people: Mapping[UUID, set[str]],
        uses: Mapping[UUID, Sequence[Use]],
    ) -> None:
        items, usages = [], []
        for place, right in enumerate(rights):
            held = {who: uses[who][place] for who, roles in people.items() if roles & right.roles}
            item = _item(self.work.ids.new(), review.id, right, held)
            items.append(item)
            ordered = sorted(use.readings for use in held.values())
            usages += [
                _usage(self.work.ids.new(), item, who, use, median_of_others(ordered, use.readings))
                for who, use in held.items()
            ]
        if items:
            await self.work.session.execute(sa.insert(ITEMS), items)
            await self.work.session.execute(sa.insert(USAGES), usages)


def _item(key: UUID, review: UUID, right: Right, held: Mapping[UUID, Use]) -> dict[str, Any]:
    rule, known = right.rule, right.done.recorded
    return {
        "id": key,
        "review_id": review,
        "role": rule.role,
        "object": rule.object,
        "act": rule.act,
        "relation": rule.relation,
        "holders": len(held),
        "users": sum(bool(use.readings) for use in held.values()) if known else None,
        "readings": sum(use.readings for use in held.values()) if known else None,
        "last_used_at": max((use.last_at for use in held.values() if use.last_at), default=None),
    }


def _usage(key: UUID, item: Mapping[str, Any], employee: UUID, use: Use, peers: int) -> dict[str, Any]:
    known = item["users"] is not None
    return {
        "id": key,
        "item_id": item["id"],
        "employee_id": employee,
        "readings": use.readings if known else None,
        "customers": len(use.customers) if known else None,
        "last_used_at": use.last_at,
        "peers_median": peers if known else None,
    }
