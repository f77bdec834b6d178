"""Membership, rewards, and what the analysis finds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from schema.plugin import Key, String, UtcTime

revision = "points_0002"
down_revision = "points_0001"

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
IN_FORCE = sa.text("retired_at IS NULL")
ISSUED = sa.text("state = 'ISSUED'")


def _reference(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, Key, sa.ForeignKey(target, ondelete="RESTRICT"), **options)


def _number(name: str, kind: Any = sa.BigInteger) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _index(table: str, *columns: str, **options: Any) -> None:
    op.create_index(f"ix_p_points_{table}_{'_'.join(columns)}", f"p_points_{table}", list(columns), **options)


def upgrade() -> None:
    _membership()
    _rewards()
    _analysis()


def _membership() -> None:
    op.create_table(
        "p_points_levels",
        sa.Column("id", Key, primary_key=True),
        sa.Column("code", String, nullable=False, unique=True),
        sa.Column("name", String, nullable=False),
        sa.Column("name_en", String, nullable=False),
        _number("rank", sa.Integer),
        _number("points_needed"),
        _number("multiplier_numerator", sa.Integer),
        _number("multiplier_denominator", sa.Integer),
        _number("discount_basis_points", sa.Integer),
        sa.Column("priority_service", sa.Boolean, nullable=False),
        sa.Column("exclusive_activities", sa.Boolean, nullable=False),
        sa.Column("benefits", String),
        sa.Column("benefits_en", String),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("retired_at", UtcTime),
        sa.CheckConstraint("points_needed >= 0", "points_needed"),
        sa.CheckConstraint("multiplier_numerator > 0 AND multiplier_denominator > 0", "multiplier"),
        sa.CheckConstraint("discount_basis_points BETWEEN 0 AND 10000", "discount"),
    )
    op.create_index(
        "uq_p_points_levels_rank",
        "p_points_levels",
        ["rank"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "p_points_members",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False, unique=True),
        sa.Column("number", String, nullable=False, unique=True),
        sa.Column("joined_at", UtcTime, nullable=False),
        sa.Column("channel", Word, nullable=False),
        _reference("level_id", "p_points_levels.id"),
        sa.Column("level_since", UtcTime),
        sa.Column("left_at", UtcTime),
        _reference("enrolled_by_id", "employees.id", index=True),
    )
    _index("members", "joined_at", "id")
    _index("members", "level_id", "joined_at", "id")
    op.create_table(
        "p_points_level_changes",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        _reference("previous_id", "p_points_levels.id", index=True),
        _reference("level_id", "p_points_levels.id"),
        sa.Column("reason", Word, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        _number("earned"),
    )
    _index("level_changes", "customer_id", "at", "id")
    _index("level_changes", "level_id", "at", "id")


def _rewards() -> None:
    op.create_table(
        "p_points_rewards",
        sa.Column("id", Key, primary_key=True),
        sa.Column("code", String, nullable=False, unique=True),
        sa.Column("kind", Word, nullable=False),
        sa.Column("name", String, nullable=False),
        sa.Column("name_en", String, nullable=False),
        sa.Column("about", String),
        sa.Column("about_en", String),
        _number("points"),
        sa.Column("stock", sa.BigInteger),
        sa.Column("valid_from", UtcTime, nullable=False),
        sa.Column("valid_until", UtcTime),
        _reference("level_id", "p_points_levels.id", index=True),
        sa.Column("per_member", sa.Integer),
        sa.Column("value_minor", sa.BigInteger),
        sa.Column("currency", String),
        sa.Column("days", sa.Integer),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.CheckConstraint("points > 0", "points"),
        sa.CheckConstraint("stock >= 0", "stock"),
        sa.CheckConstraint("per_member > 0", "per_member"),
        sa.CheckConstraint("days > 0", "days"),
        sa.CheckConstraint("(value_minor IS NULL) = (currency IS NULL)", "value"),
    )
    op.create_table(
        "p_points_redemptions",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        _reference("reward_id", "p_points_rewards.id", nullable=False),
        sa.Column("state", Word, nullable=False),
        _number("points"),
        _reference("transaction_id", "p_points_transactions.id", nullable=False, unique=True),
        sa.Column("code_sealed", sa.LargeBinary),
        sa.Column("code_index", sa.LargeBinary, index=True),
        sa.Column("code_masked", String),
        sa.Column("limited", sa.Boolean, nullable=False),
        sa.Column("issued_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime),
        sa.Column("ended_at", UtcTime),
        sa.Column("reason", String),
        _reference("issued_by_id", "employees.id", index=True),
        _reference("ended_by_id", "employees.id", index=True),
        sa.UniqueConstraint("code_index"),
    )
    _index("redemptions", "customer_id", "issued_at", "id")
    _index("redemptions", "issued_at", "id")
    _index("redemptions", "reward_id", "customer_id")
    _index("redemptions", "expires_at", "id", sqlite_where=ISSUED, postgresql_where=ISSUED)


def _analysis() -> None:
    op.create_table(
        "p_points_months",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        _number("purchases", sa.Integer),
        _number("spend_minor"),
        sa.Column("spend_currency", String, nullable=False),
        sa.Column("other_spend", sa.Text),
        _number("earned"),
        _number("redeemed"),
        _number("expired"),
        sa.UniqueConstraint("customer_id", "month"),
    )
    _index("months", "month", "id")
    op.create_table(
        "p_points_figures",
        sa.Column("id", Key, primary_key=True),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("members", sa.Boolean, nullable=False),
        _reference("level_id", "p_points_levels.id", index=True),
        sa.Column("currency", String, nullable=False),
        _number("buyers", sa.Integer),
        _number("purchases", sa.Integer),
        _number("spend_minor"),
        _number("basket_minor"),
        _number("frequency_millis"),
    )
    _index("figures", "month", "id")
    op.create_table(
        "p_points_recommendations",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("reason", String, nullable=False),
        sa.Column("reason_en", String, nullable=False),
        sa.Column("points", sa.BigInteger),
        _reference("reward_id", "p_points_rewards.id", index=True),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.UniqueConstraint("customer_id", "kind"),
    )
    _index("recommendations", "kind", "points", "id")


TABLES = (
    "recommendations",
    "figures",
    "months",
    "redemptions",
    "rewards",
    "level_changes",
    "members",
    "levels",
)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"p_points_{table}")
