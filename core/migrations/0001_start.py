"""The tables of the core, as they began."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0001"
down_revision = None

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
CURRENT = sa.text("ended_at IS NULL")
TABLES = (
    "departments",
    "idempotency_keys",
    "tier_schemes",
    "employees",
    "tiers",
    "activities",
    "assessments",
    "customers",
    "employee_roles",
    "tier_rules",
    "customer_members",
    "interactions",
    "participations",
    "preferences",
    "purchases",
    "tier_assignments",
)


def _sealed(name: str) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(f"{name}_sealed", sa.LargeBinary),
        sa.Column(f"{name}_index", sa.LargeBinary, index=True),
        sa.Column(f"{name}_masked", Text),
    )


def _reference(name: str, target: str, *, on_delete: str = "RESTRICT", **options: Any) -> sa.Column[Any]:
    return sa.Column(name, Key, sa.ForeignKey(target, ondelete=on_delete), **options)


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("kind", Word, nullable=False),
        _reference("parent_id", "departments.id", index=True),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", Text, primary_key=True),
        sa.Column("mutation", Text, primary_key=True),
        sa.Column("key", Text, primary_key=True),
        sa.Column("input_digest", sa.LargeBinary, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("created_at", UtcTime, nullable=False, index=True),
    )
    op.create_table(
        "tier_schemes",
        sa.Column("id", Key, primary_key=True),
        sa.Column("code", Text, nullable=False, unique=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("name_en", Text, nullable=False),
        sa.Column("about", Text),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "employees",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("staff_number", Text, nullable=False, unique=True),
        sa.Column("subject", Text, nullable=False, unique=True),
        _reference("department_id", "departments.id", nullable=False, index=True),
        sa.Column("title", Text),
        sa.Column("joined_on", sa.Date),
        sa.Column("suspended_at", UtcTime),
        sa.Column("suspension_reason", Text),
        sa.Column("created_at", UtcTime, nullable=False),
        *_sealed("phone"),
        *_sealed("email"),
    )
    op.create_table(
        "tiers",
        sa.Column("id", Key, primary_key=True),
        _reference("scheme_id", "tier_schemes.id", nullable=False),
        sa.Column("code", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("name_en", Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.UniqueConstraint("scheme_id", "code"),
        sa.UniqueConstraint("scheme_id", "rank"),
    )
    op.create_table(
        "activities",
        sa.Column("id", Key, primary_key=True),
        sa.Column("title", Text, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("status", Word, nullable=False),
        sa.Column("starts_at", UtcTime, index=True),
        sa.Column("ends_at", UtcTime),
        sa.Column("place", Text),
        _reference("owner_id", "employees.id", index=True),
        _reference("department_id", "departments.id", index=True),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "assessments",
        sa.Column("id", Key, primary_key=True),
        _reference("employee_id", "employees.id", index=True),
        _reference("department_id", "departments.id", index=True),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("indicator", Text, nullable=False),
        sa.Column("value_millis", sa.BigInteger, nullable=False),
        sa.Column("grade", Word),
        sa.Column("computed", sa.Boolean, nullable=False),
        _reference("created_by_id", "employees.id", index=True),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_table(
        "customers",
        sa.Column("id", Key, primary_key=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("number", Text, nullable=False, unique=True),
        sa.Column("birthday", sa.Date),
        sa.Column("industry", Text),
        sa.Column("region", Text),
        sa.Column("size", Word),
        sa.Column("source", Word, nullable=False),
        sa.Column("collected_by", Word, nullable=False),
        sa.Column("preferred_channel", Word),
        sa.Column("spend_minor", sa.BigInteger, nullable=False),
        sa.Column("spend_currency", Text, nullable=False),
        sa.Column("purchase_count", sa.Integer, nullable=False),
        sa.Column("first_purchase_at", UtcTime),
        sa.Column("last_purchase_at", UtcTime),
        _reference("owner_id", "employees.id", index=True),
        _reference("department_id", "departments.id", index=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        *_sealed("phone"),
        *_sealed("email"),
        *_sealed("wechat"),
        *_sealed("address"),
        *_sealed("identity_number"),
        *_sealed("notes"),
    )
    op.create_index("ix_customers_name_id", "customers", ["name", "id"])
    op.create_index("ix_customers_region_name_id", "customers", ["region", "name", "id"])
    op.create_table(
        "employee_roles",
        sa.Column("id", Key, primary_key=True),
        _reference("employee_id", "employees.id", on_delete="CASCADE", nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.UniqueConstraint("employee_id", "role"),
    )
    op.create_table(
        "tier_rules",
        sa.Column("id", Key, primary_key=True),
        _reference("scheme_id", "tier_schemes.id", nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("thresholds", sa.Text, nullable=False),
        sa.Column("valid_from", UtcTime, nullable=False),
        _reference("created_by_id", "employees.id", index=True),
        sa.UniqueConstraint("scheme_id", "version"),
    )
    op.create_table(
        "customer_members",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", on_delete="CASCADE", nullable=False),
        _reference("employee_id", "employees.id", on_delete="CASCADE", nullable=False, index=True),
        sa.UniqueConstraint("customer_id", "employee_id"),
    )
    op.create_table(
        "interactions",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("channel", Word),
        sa.Column("summary", Text),
        _reference("employee_id", "employees.id", index=True),
        sa.Column("source", Word, nullable=False),
        sa.Column("collected_by", Word, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    op.create_index("ix_interactions_customer_id_at_id", "interactions", ["customer_id", "at", "id"])
    op.create_index("ix_interactions_at_id", "interactions", ["at", "id"])
    op.create_table(
        "participations",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        _reference("activity_id", "activities.id", nullable=False, index=True),
        sa.Column("status", Word, nullable=False),
        sa.Column("satisfaction", sa.Integer),
        sa.Column("remarks", Text),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.UniqueConstraint("customer_id", "activity_id"),
    )
    op.create_table(
        "preferences",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("topic", Text, nullable=False),
        sa.Column("value", Text, nullable=False),
        sa.Column("source", Word, nullable=False),
        sa.Column("collected_by", Word, nullable=False),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.UniqueConstraint("customer_id", "topic"),
    )
    op.create_table(
        "purchases",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("category", Text),
        sa.Column("channel", Text),
        sa.Column("source", Word, nullable=False),
        sa.Column("collected_by", Word, nullable=False),
        _reference("recorded_by_id", "employees.id", index=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("reference", Text),
        sa.UniqueConstraint("customer_id", "reference"),
    )
    op.create_index("ix_purchases_customer_id_at_id", "purchases", ["customer_id", "at", "id"])
    op.create_index("ix_purchases_at_id", "purchases", ["at", "id"])
    op.create_table(
        "tier_assignments",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        _reference("scheme_id", "tier_schemes.id", nullable=False, index=True),
        _reference("tier_id", "tiers.id", nullable=False, index=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("rule_version", sa.Integer),
        sa.Column("assigned_at", UtcTime, nullable=False),
        sa.Column("valid_until", UtcTime),
        sa.Column("ended_at", UtcTime),
        sa.Column("inputs", sa.Text),
        sa.Column("thresholds", sa.Text),
        sa.Column("missing", sa.Text),
        sa.Column("reason", Text, nullable=False),
        sa.Column("reason_en", Text, nullable=False),
        _reference("assigned_by_id", "employees.id", index=True),
    )
    op.create_index(
        "ix_tier_assignments_customer_id_scheme_id_assigned_at",
        "tier_assignments",
        ["customer_id", "scheme_id", "assigned_at"],
    )
    op.create_index(
        "uq_tier_assignments_current",
        "tier_assignments",
        ["customer_id", "scheme_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
