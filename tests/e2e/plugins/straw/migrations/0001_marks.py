"""Marks."""

import sqlalchemy as sa
from alembic import op

revision = "straw_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "p_straw_marks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "customer_id",
            sa.Uuid,
            sa.ForeignKey("customers.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("p_straw_marks")
