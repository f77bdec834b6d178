"""The table of the cases (ACC-4)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Via
from core.cases.choices import Outcome
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime

OPEN = sa.text("closed_at IS NULL")


class AbuseCase(Model):
    """A suspected abuse: the employee's permissions are suspended while it is open."""

    __tablename__ = "abuse_cases"
    __prefix__ = "cas"
    __access__ = Via("employee_id")
    __table_args__ = (
        sa.Index(None, "opened_at", "id"),
        sa.Index("uq_abuse_cases_open", "employee_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id = key_column()
    employee_id = reference("employees.id", PUBLIC, "The employee whom it is about.", nullable=False)
    opened_at = column(
        UtcTime, PUBLIC, "When the permissions were suspended and it was opened.", nullable=False
    )
    opened_by_id = reference("employees.id", INTERNAL, "The employee who opened it; null for a program.")
    finding = column(Text, PERSONAL, "What was found.", nullable=False)
    statement = column(Text, PERSONAL, "What the employee says to it.")
    statement_at = column(UtcTime, INTERNAL, "When that was written down.")
    outcome = column(Choice(Outcome), PERSONAL, "What it ended in; null while it is open.")
    decision = column(Text, PERSONAL, "The decision with its reasons.")
    penalty = column(Text, PERSONAL, "The penalty.")
    decided_by_id = reference("employees.id", INTERNAL, "The employee who decided; never who opened it.")
    decided_at = column(UtcTime, INTERNAL, "When it was decided.")
    closed_at = column(UtcTime, PUBLIC, "When it was closed; null while it is open.")
