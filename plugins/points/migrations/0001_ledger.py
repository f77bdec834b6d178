"""The ledger, and the rules of earning."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from schema.plugin import Key, String, UtcTime

revision = "points_0001"
down_revision = None

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
LEFT = sa.text("remaining > 0")
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
COMPANY = [
    {
        "id": uuid.UUID(f"00000000-0000-7000-8000-00000000000{place}"),
        "kind": kind,
        "balance": 0,
        "pending": 0,
        "claim": 0,
        "opened_at": START,
    }
    for place, kind in enumerate(("ISSUED", "REDEEMED", "EXPIRED", "ADJUSTED"), start=1)
]


def _reference(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, Key, sa.ForeignKey(target, ondelete="RESTRICT"), **options)


def _points(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def upgrade() -> None:
    _rules()
    _accounts()
    _transactions()
    _entries()
    _lots()


def _rules() -> None:
    op.create_table(
        "p_points_rules",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", String, nullable=False),
        sa.Column("name_en", String, nullable=False),
        sa.Column("trigger", Word, nullable=False),
        sa.Column("event", String),
        sa.Column("category", String),
        sa.Column("currency", String),
        _points("numerator"),
        _points("denominator"),
        sa.Column("multipliers", sa.Text, nullable=False),
        sa.Column("valid_from", UtcTime, nullable=False),
        sa.Column("valid_until", UtcTime),
        sa.Column("pending_days", sa.Integer, nullable=False),
        sa.Column("expiry_months", sa.Integer),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", "ratio"),
        sa.CheckConstraint("pending_days >= 0 AND expiry_months >= 0", "days"),
    )
    op.create_index("ix_p_points_rules_trigger_id", "p_points_rules", ["trigger", "id"])


def _accounts() -> None:
    accounts = op.create_table(
        "p_points_accounts",
        sa.Column("id", Key, primary_key=True),
        sa.Column("kind", Word, nullable=False),
        _reference("customer_id", "customers.id", unique=True),
        _points("balance"),
        _points("pending"),
        _points("claim"),
        sa.Column("opened_at", UtcTime, nullable=False),
        sa.CheckConstraint("balance >= 0", "balance"),
        sa.CheckConstraint("pending >= 0", "pending"),
        sa.CheckConstraint("claim >= 0", "claim"),
    )
    op.bulk_insert(accounts, COMPANY)


def _transactions() -> None:
    op.create_table(
        "p_points_transactions",
        sa.Column("id", Key, primary_key=True),
        _reference("customer_id", "customers.id", nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        _points("points"),
        sa.Column("reason", String),
        sa.Column("source_kind", String, nullable=False),
        sa.Column("source_id", Key),
        _reference("rule_id", "p_points_rules.id"),
        _reference("by_id", "employees.id", index=True),
        _reference("reverses_id", "p_points_transactions.id", unique=True),
        sa.Column("scope", String, nullable=False),
        sa.Column("key", String, nullable=False),
        sa.Column("input_digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("scope", "key"),
    )
    _index("transactions", "customer_id", "at", "id")
    _index("transactions", "at", "id")
    _index("transactions", "source_id")


def _entries() -> None:
    op.create_table(
        "p_points_entries",
        sa.Column("id", Key, primary_key=True),
        _reference("transaction_id", "p_points_transactions.id", nullable=False),
        _reference("account_id", "p_points_accounts.id", nullable=False),
        _reference("customer_id", "customers.id"),
        sa.Column("side", Word, nullable=False),
        _points("points"),
        sa.Column("at", UtcTime, nullable=False),
        sa.CheckConstraint("points <> 0", "points"),
    )
    _index("entries", "transaction_id")
    _index("entries", "account_id", "at", "id")
    _index("entries", "customer_id", "at", "id")


def _lots() -> None:
    op.create_table(
        "p_points_lots",
        sa.Column("id", Key, primary_key=True),
        _reference("account_id", "p_points_accounts.id", nullable=False),
        _reference("customer_id", "customers.id", nullable=False),
        _reference("transaction_id", "p_points_transactions.id", nullable=False, unique=True),
        _points("earned"),
        _points("remaining"),
        sa.Column("earned_at", UtcTime, nullable=False),
        sa.Column("available_at", UtcTime),
        sa.Column("expires_at", UtcTime),
        sa.Column("state", Word, nullable=False),
        sa.CheckConstraint("earned > 0", "earned"),
        sa.CheckConstraint("remaining BETWEEN 0 AND earned", "remaining"),
    )
    for columns in (("account_id", "expires_at", "earned_at"), ("expires_at", "id"), ("available_at", "id")):
        _index("lots", *columns, sqlite_where=LEFT, postgresql_where=LEFT)
    _index("lots", "customer_id", "expires_at", "id")
    op.create_table(
        "p_points_takings",
        sa.Column("id", Key, primary_key=True),
        _reference("transaction_id", "p_points_transactions.id", nullable=False),
        _reference("lot_id", "p_points_lots.id", nullable=False),
        _reference("customer_id", "customers.id", nullable=False),
        _points("points"),
        sa.CheckConstraint("points <> 0", "points"),
        sa.UniqueConstraint("transaction_id", "lot_id"),
    )
    _index("takings", "lot_id")
    _index("takings", "customer_id", "id")


def _index(table: str, *columns: str, **options: Any) -> None:
    op.create_index(f"ix_p_points_{table}_{'_'.join(columns)}", f"p_points_{table}", list(columns), **options)


def downgrade() -> None:
    for table in ("takings", "lots", "entries", "transactions", "accounts", "rules"):
        op.drop_table(f"p_points_{table}")
