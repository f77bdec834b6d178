"""Tables of the activities (ACT-3, ACT-8, ACT-9, ACT-11)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Anchor, Via
from core.activities.choices import ActivityKind, ActivityStatus, ParticipationStatus
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import ASSESSMENT, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime


class Activity(Model):
    """Something the company does for its customers."""

    __tablename__ = "activities"
    __prefix__ = "act"
    __access__ = Anchor(own="owner_id", department="department_id")
    __table_args__ = (sa.Index(None, "starts_at", "id"),)

    id = key_column()
    title = column(Text, PUBLIC, "Title.", nullable=False, search=True)
    kind = column(Choice(ActivityKind), PUBLIC, "What sort of activity it is.", nullable=False)
    status = column(Choice(ActivityStatus), PUBLIC, "Where it stands.", nullable=False)
    starts_at = column(UtcTime, PUBLIC, "When it starts.")
    ends_at = column(UtcTime, PUBLIC, "When it ends.")
    place = column(Text, PUBLIC, "Where it takes place.")
    owner_id = reference("employees.id", INTERNAL, "The employee who is responsible for it.")
    department_id = reference("departments.id", INTERNAL, "The department that runs it.")
    created_at = column(UtcTime, INTERNAL, "When it was entered.", nullable=False)


class Participation(Model):
    """A customer's part in an activity, with what the customer said of it (ACT-9)."""

    __tablename__ = "participations"
    __prefix__ = "par"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "activity_id"),
        sa.Index(None, "customer_id", "id"),
        sa.Index(None, "activity_id", "id"),
    )

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, index=False)
    activity_id = reference("activities.id", PUBLIC, "The activity.", nullable=False, index=False)
    status = column(Choice(ParticipationStatus), INTERNAL, "Whether the customer came.", nullable=False)
    satisfaction = column(sa.Integer, ASSESSMENT, "How content the customer was, from 1 to 5.")
    remarks = column(Text, PERSONAL, "What the customer said.")
    created_at = column(UtcTime, INTERNAL, "When the customer was registered.", nullable=False)
