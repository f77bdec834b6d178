"""Qualifications, consents, emergencies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0008"
down_revision = "core_0007"

IN_FORCE = sa.text("withdrawn_at IS NULL")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "employee_qualifications",
        sa.Column("id", Key, primary_key=True),
        sa.Column("employee_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("obtained_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("note", Text),
        sa.Column("recorded_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.Column("reminded_at", UtcTime),
        sa.Column("revoked_at", UtcTime),
        sa.Column("revoked_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
        sa.Column("revocation_reason", Text),
    )
    op.create_index(None, "employee_qualifications", ["employee_id", "obtained_on", "id"])
    op.create_table(
        "consents",
        sa.Column("id", Key, primary_key=True),
        sa.Column("customer_id", Key, sa.ForeignKey("customers.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("purpose", Text, nullable=False),
        sa.Column("given_at", UtcTime, nullable=False),
        sa.Column("channel", Text, nullable=False),
        sa.Column("evidence", Text),
        sa.Column("recorded_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.Column("withdrawn_at", UtcTime),
        sa.Column("withdrawn_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
    )
    op.create_index(
        "uq_consents_in_force",
        "consents",
        ["customer_id", "purpose"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_index(None, "consents", ["customer_id", "given_at", "id"])
    op.create_table(
        "emergencies",
        sa.Column("id", Key, primary_key=True),
        sa.Column("employee_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("opened_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
        sa.Column("review_due_on", sa.Date, nullable=False),
        sa.Column("overdue_at", UtcTime),
        sa.Column("reviewed_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
        sa.Column("reviewed_at", UtcTime),
        sa.Column("finding", Text),
    )
    op.create_index(
        "uq_emergencies_open",
        "emergencies",
        ["employee_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(None, "emergencies", ["opened_at", "id"])
    op.create_index(None, "emergencies", ["employee_id", "opened_at", "id"])


def downgrade() -> None:
    op.drop_table("emergencies")
    op.drop_table("consents")
    op.drop_table("employee_qualifications")
