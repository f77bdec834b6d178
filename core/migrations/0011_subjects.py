"""Subjects that employees had before, whose tokens stay refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text

revision = "core_0011"
down_revision = "core_0010"


def upgrade() -> None:
    employee = sa.ForeignKey("employees.id", ondelete="CASCADE")
    op.create_table(
        "former_subjects",
        sa.Column("subject", Text, primary_key=True),
        sa.Column("employee_id", Key, employee, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("former_subjects")
