"""Recorded operations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0004"
down_revision = "core_0003"

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "recorded_operations",
        sa.Column("id", Key, primary_key=True),
        sa.Column("role", Text, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", Text),
        sa.Column("text", Text, nullable=False),
        sa.Column("variables", sa.Text, nullable=False),
        sa.Column("first_seen_at", UtcTime, nullable=False),
        sa.Column("last_seen_at", UtcTime, nullable=False),
    )
    op.create_index("ix_recorded_operations_last_seen_at_id", "recorded_operations", ["last_seen_at", "id"])
    op.create_table(
        "recorded_operation_days",
        sa.Column("id", Key, primary_key=True),
        sa.Column(
            "operation_id",
            Key,
            sa.ForeignKey("recorded_operations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("calls", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_recorded_operation_days_operation_id_day_id",
        "recorded_operation_days",
        ["operation_id", "day", "id"],
    )


def downgrade() -> None:
    op.drop_table("recorded_operation_days")
    op.drop_table("recorded_operations")
