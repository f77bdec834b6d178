"""The table of assessments (ASM-1 to ASM-5)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Anchor
from core.assessments.choices import Grade
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import ASSESSMENT, INTERNAL, PUBLIC
from core.db.types import Choice, Text, UtcTime


class Assessment(Model):
    """One indicator of an employee, a department or the company over a period."""

    __tablename__ = "assessments"
    __prefix__ = "ass"
    __access__ = Anchor(own="employee_id", department="department_id")
    __table_args__ = (sa.Index(None, "period_end", "id"),)

    id = key_column()
    employee_id = reference(
        "employees.id", INTERNAL, "The employee who is assessed; null for a department or the company."
    )
    department_id = reference(
        "departments.id",
        INTERNAL,
        "The department that is assessed, or that the employee belongs to; null for the company.",
    )
    period_start = column(sa.Date, PUBLIC, "First day of the period.", nullable=False)
    period_end = column(sa.Date, PUBLIC, "Last day of the period.", nullable=False)
    indicator = column(Text, PUBLIC, "Name of the indicator.", nullable=False)
    value_millis = column(
        sa.BigInteger, ASSESSMENT, "The value, in thousandths of the indicator's unit.", nullable=False
    )
    grade = column(Choice(Grade), ASSESSMENT, "The grade.")
    computed = column(
        sa.Boolean, PUBLIC, "Whether it was computed from the data held, or entered by hand.", nullable=False
    )
    created_by_id = reference(
        "employees.id", INTERNAL, "The employee who entered it by hand; null for a computed one."
    )
    created_at = column(UtcTime, INTERNAL, "When it was entered.", nullable=False)
