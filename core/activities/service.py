"""What may be done to activities (ACT-3, ACT-8, ACT-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import allowed_on, allowed_somewhere, cell_of
from core.access.viewer import Viewer
from core.access.writing import add
from core.activities import permissions
from core.activities.choices import ActivityStatus, ParticipationStatus
from core.activities.events import ParticipationRecorded
from core.activities.models import Activity, Participation
from core.customers.models import Customer
from core.customers.records import CUSTOMER
from core.db.database import UnitOfWork
from core.errors import InvalidInput
from core.events.publish import publish
from core.organization.models import Employee
from core.text import Text

ACTIVITY = Text("activity", "活动")
ENDS = Text("it can't end before it starts", "结束时间不可早于开始时间")
SCORE = Text("from 1 to 5", "应为 1 至 5")


@dataclass(frozen=True)
class ActivityService:
    """Activities, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def create_activity(self, values: Mapping[str, Any]) -> Activity:
        """Enter a draft: title, kind, starts_at, ends_at, place. The caller is responsible for it."""
        allowed_somewhere(self.viewer, permissions.CREATE_ACTIVITY)
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts is not None and ends is not None and ends < starts:
            raise InvalidInput("endsAt", ENDS)
        owner = self.viewer.employee
        row = Activity(
            id=self.work.ids.new(),
            status=ActivityStatus.DRAFT,
            owner_id=owner,
            department_id=await self.work.session.scalar(
                sa.select(Employee.department_id).where(Employee.id == owner)
            ),
            created_at=self.work.clock.now(),
        )
        await add(self.work, self.viewer, permissions.CREATE_ACTIVITY, row, values)
        return row

    async def register_participation(
        self, activity: UUID, customer: UUID, values: Mapping[str, Any]
    ) -> Participation:
        """Note that a customer takes part: status, satisfaction, remarks; CONFLICT where that is known."""
        allowed_somewhere(self.viewer, permissions.RECORD_PARTICIPATION)
        await allowed_on(
            self.work,
            self.viewer,
            permissions.RECORD_PARTICIPATION,
            Customer,
            customer,
            CUSTOMER,
            "customerId",
        )
        await cell_of(self.work, self.viewer, Activity, activity, ACTIVITY, "activityId")
        score = values.get("satisfaction")
        if score is not None and not 1 <= score <= 5:  # noqa: PLR2004
            raise InvalidInput("satisfaction", SCORE)
        row = Participation(
            id=self.work.ids.new(),
            customer_id=customer,
            activity_id=activity,
            status=ParticipationStatus.REGISTERED,
            created_at=self.work.clock.now(),
        )
        await add(self.work, self.viewer, permissions.RECORD_PARTICIPATION, row, values)
        told = ParticipationRecorded(participation_id=row.id, customer_id=customer, activity_id=activity)
        await publish(self.work, told)
        return row
