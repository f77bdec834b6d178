"""Durable work and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0006"
down_revision = "core_0005"

WAITING = sa.text("handler IS NOT NULL AND failed_at IS NULL")
FEED = sa.text("handler IS NULL")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("handler", Text),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failed_at", UtcTime),
        sa.Column("error", Text),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["handler", "due_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_outbox_feed", "outbox", ["id"], sqlite_where=FEED, postgresql_where=FEED)
    op.create_table(
        "schedules",
        sa.Column("name", Text, primary_key=True),
        sa.Column("every", Text, nullable=False),
        sa.Column("next_at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("schedules")
    op.drop_table("outbox")
