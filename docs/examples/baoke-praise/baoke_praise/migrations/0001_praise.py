"""Reviews and requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from schema.plugin import Key, String, UtcTime

revision = "praise_0001"
down_revision = None

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")  # what a Choice is stored as
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "p_praise_reviews",
        sa.Column("id", Key, primary_key=True),
        sa.Column("customer_id", Key, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
        sa.Column("channel", Word, nullable=False),
        sa.Column("source_id", String),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("text", String),
        sa.Column("url", String),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("recorded_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT"), index=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.UniqueConstraint("channel", "source_id"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", "stars"),
    )
    op.create_index("ix_p_praise_reviews_customer_id_at_id", "p_praise_reviews", ["customer_id", "at", "id"])
    op.create_index("ix_p_praise_reviews_at_id", "p_praise_reviews", ["at", "id"])
    op.create_table(
        "p_praise_requests",
        sa.Column("id", Key, primary_key=True),
        sa.Column("customer_id", Key, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "purchase_id",
            Key,
            sa.ForeignKey("purchases.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("outcome", Word),
        sa.Column("closed_at", UtcTime),
        sa.Column("closed_by_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT"), index=True),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_index(
        "uq_p_praise_requests_open",
        "p_praise_requests",
        ["customer_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_p_praise_requests_customer_id_created_at_id",
        "p_praise_requests",
        ["customer_id", "created_at", "id"],
    )
    op.create_index("ix_p_praise_requests_created_at_id", "p_praise_requests", ["created_at", "id"])


def downgrade() -> None:
    op.drop_table("p_praise_requests")
    op.drop_table("p_praise_reviews")
