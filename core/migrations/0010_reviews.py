"""Digests of the audit, reviews of rights, and when employees leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0010"
down_revision = "core_0009"


def _to(target: str, name: str, *, nullable: bool = True, on_delete: str = "RESTRICT") -> sa.Column[object]:
    return sa.Column(name, Key, sa.ForeignKey(f"{target}.id", ondelete=on_delete), nullable=nullable)


def _count(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def upgrade() -> None:
    op.add_column("employees", sa.Column("leaves_on", sa.Date))
    op.create_table(
        "audit_digests",
        sa.Column("id", Key, primary_key=True),
        sa.Column("week", sa.Date, nullable=False),
        _to("employees", "employee_id", nullable=False),
        _to("departments", "department_id", nullable=False),
        *(
            _count(name)
            for name in (
                "readings",
                "customers",
                "foreign_customers",
                "most_a_day",
                "days_active",
                "exports",
                "exported_customers",
                "without_purpose",
                "outside_hours",
                "refusals",
                "emergencies",
                "peers_customers",
                "factor_millis",
            )
        ),
        _count("usual_foreign", nullable=True),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("flagged", sa.Boolean, nullable=False),
        sa.Column("computed_at", UtcTime, nullable=False),
        sa.UniqueConstraint("week", "employee_id", "department_id"),
    )
    op.create_index("ix_audit_digests_week_id", "audit_digests", ["week", "id"])
    for of in ("employee_id", "department_id"):
        op.create_index(f"ix_audit_digests_{of}_week_id", "audit_digests", [of, "week", "id"])
    op.create_table(
        "access_reviews",
        sa.Column("id", Key, primary_key=True),
        _to("departments", "department_id", nullable=False),
        sa.Column("period_from", sa.Date, nullable=False),
        sa.Column("period_to", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("reviewer_role", Text),
        sa.Column("raised_at", UtcTime),
        sa.Column("opened_at", UtcTime, nullable=False),
        sa.Column("closed_at", UtcTime),
        _to("employees", "closed_by_id"),
        _to("policy_changes", "change_id"),
        sa.UniqueConstraint("department_id", "period_to"),
    )
    op.create_index("ix_access_reviews_opened_at_id", "access_reviews", ["opened_at", "id"])
    op.create_table(
        "access_review_items",
        sa.Column("id", Key, primary_key=True),
        _to("access_reviews", "review_id", nullable=False, on_delete="CASCADE"),
        *(sa.Column(name, Text, nullable=False) for name in ("role", "object", "act", "relation")),
        _count("holders"),
        _count("users", nullable=True),
        _count("readings", nullable=True),
        sa.Column("last_used_at", UtcTime),
        sa.Column("decision", Text),
        sa.Column("reason", Text),
        sa.Column("replacement", Text),
        _to("employees", "decided_by_id"),
        sa.Column("decided_at", UtcTime),
        sa.Column("by_holder", sa.Boolean),
        sa.UniqueConstraint("review_id", "role", "object", "act", "relation"),
    )
    op.create_index(
        "ix_access_review_items_review_id_role_object_act_id",
        "access_review_items",
        ["review_id", "role", "object", "act", "id"],
    )
    op.create_table(
        "access_review_usages",
        sa.Column("id", Key, primary_key=True),
        _to("access_review_items", "item_id", nullable=False, on_delete="CASCADE"),
        _to("employees", "employee_id", nullable=False),
        _count("readings", nullable=True),
        _count("customers", nullable=True),
        sa.Column("last_used_at", UtcTime),
        _count("peers_median", nullable=True),
        sa.UniqueConstraint("item_id", "employee_id"),
    )
    for table, names in {
        "access_reviews": ("closed_by_id", "change_id"),
        "access_review_items": ("decided_by_id",),
        "access_review_usages": ("employee_id",),
    }.items():
        for name in names:
            op.create_index(f"ix_{table}_{name}", table, [name])


def downgrade() -> None:
    for table in ("access_review_usages", "access_review_items", "access_reviews", "audit_digests"):
        op.drop_table(table)
    op.drop_column("employees", "leaves_on")
