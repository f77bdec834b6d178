"""The table of qualifications (ACC-6). Rows are never deleted."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Via
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime
from core.qualifications.choices import QualificationKind


class EmployeeQualification(Model):
    """That an employee signed the agreement, passed the check or did the training, and how long it counts."""

    __tablename__ = "employee_qualifications"
    __prefix__ = "qua"
    __access__ = Via("employee_id")
    __table_args__ = (sa.Index(None, "employee_id", "obtained_on", "id"),)

    id = key_column()
    employee_id = reference("employees.id", PUBLIC, "The employee.", nullable=False, index=False)
    kind = column(Choice(QualificationKind), PUBLIC, "What it is.", nullable=False)
    obtained_on = column(
        sa.Date, PUBLIC, "Day on which it was signed, passed or done; not in the future.", nullable=False
    )
    valid_until = column(
        sa.Date,
        PUBLIC,
        "Last day on which it counts; null where it doesn't end. Of a training: the same day a year later.",
    )
    note = column(Text, PERSONAL, "What there is to say about it: number of the paper, name of the course.")
    recorded_by_id = reference(
        "employees.id", INTERNAL, "The employee who recorded it; null for the operator.", index=False
    )
    recorded_at = column(UtcTime, INTERNAL, "When it was recorded.", nullable=False)
    reminded_at = column(UtcTime, INTERNAL, "When it was told that it runs out.")
    revoked_at = column(UtcTime, PUBLIC, "Since when it doesn't count any more; null unless it was revoked.")
    revoked_by_id = reference("employees.id", INTERNAL, "The employee who revoked it.", index=False)
    revocation_reason = column(Text, PERSONAL, "Why it was revoked.")
