"""The table of emergencies (BEY-8). Rows are never deleted."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Via
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import AUDIT, PUBLIC
from core.db.types import Text, UtcTime

OPEN = sa.text("ended_at IS NULL")


class Emergency(Model):
    """A break-glass: who took rights beyond their own, in which role, why, from when to when."""

    __tablename__ = "emergencies"
    __prefix__ = "emg"
    __access__ = Via("employee_id")
    __table_args__ = (
        sa.Index("uq_emergencies_open", "employee_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index(None, "opened_at", "id"),
        sa.Index(None, "employee_id", "opened_at", "id"),
    )

    id = key_column()
    employee_id = reference("employees.id", PUBLIC, "Who opened it.", nullable=False, index=False)
    role = column(Text, AUDIT, "The role in which it was opened.", nullable=False)
    # Of the audit's class, for auditors may read nothing personal.
    reason = column(Text, AUDIT, "Why, in the words of who opened it.", nullable=False)
    opened_at = column(UtcTime, PUBLIC, "When it was opened.", nullable=False)
    ends_at = column(UtcTime, PUBLIC, "When it ends by itself.", nullable=False)
    ended_at = column(
        UtcTime,
        PUBLIC,
        "When it ended; null while it is open, and for some minutes after it ended by itself.",
    )
    review_due_on = column(
        sa.Date, PUBLIC, "Day by which it should be reviewed: the third working day after.", nullable=False
    )
    overdue_at = column(UtcTime, PUBLIC, "When it was told that nobody had reviewed it in time.")
    reviewed_by_id = reference("employees.id", AUDIT, "Who reviewed it.", index=False)
    reviewed_at = column(UtcTime, PUBLIC, "When it was reviewed; null before.")
    finding = column(Text, AUDIT, "What the review found.")
