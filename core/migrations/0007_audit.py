"""The audit and its chains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0007"
down_revision = "core_0006"

UNLINKED = sa.text("chain_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("id", Key, primary_key=True),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.Column("anchored_number", sa.Integer, nullable=False),
        sa.Column("pruned_number", sa.Integer, nullable=False),
        sa.Column("pruned_link", sa.LargeBinary),
    )
    op.create_table(
        "audit_records",
        sa.Column("id", Key, primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("employee_id", Key, sa.ForeignKey("employees.id", ondelete="RESTRICT")),
        sa.Column("department_id", Key, sa.ForeignKey("departments.id", ondelete="RESTRICT")),
        sa.Column("subject", Text),
        sa.Column("role", Text),
        sa.Column("operation", Text),
        sa.Column("purpose", Text),
        sa.Column("emergency_id", Key),
        sa.Column("about", Text),
        sa.Column("row_id", Key),
        sa.Column("fields", sa.Text),
        sa.Column("customer_count", sa.Integer, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("chain_id", Key, sa.ForeignKey("audit_chains.id", ondelete="RESTRICT")),
        sa.Column("number", sa.Integer),
        sa.Column("link", sa.LargeBinary),
        sa.UniqueConstraint("chain_id", "number"),
    )
    op.create_index(None, "audit_records", ["at", "id"])
    op.create_index(None, "audit_records", ["employee_id", "id"])
    op.create_index(None, "audit_records", ["department_id", "id"])
    op.create_index(None, "audit_records", ["about", "row_id", "id"])
    op.create_index(
        "ix_audit_records_unlinked",
        "audit_records",
        ["id"],
        sqlite_where=UNLINKED,
        postgresql_where=UNLINKED,
    )
    op.create_table(
        "audited_customers",
        sa.Column("id", Key, primary_key=True),
        sa.Column("record_id", Key, nullable=False),
        sa.Column("customer_id", Key, nullable=False),
    )
    op.create_index(None, "audited_customers", ["customer_id", "id"])
    op.create_index(None, "audited_customers", ["record_id", "id"])


def downgrade() -> None:
    op.drop_table("audited_customers")
    op.drop_table("audit_records")
    op.drop_table("audit_chains")
