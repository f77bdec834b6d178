"""Policies in the database, and approvals."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0003"
down_revision = "core_0002"

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
IN_FORCE = sa.text("until IS NULL")
LINES = {
    "policy_roles": ("name", "title_en", "title_zh"),
    "policy_inheritances": ("role", "inherits"),
    "policy_rules": ("role", "object", "act", "relation", "effect"),
}
UNIQUE = {**LINES, "policy_roles": ("name",)}


def _reference(name: str, target: str) -> sa.Column[Any]:
    return sa.Column(name, Key, sa.ForeignKey(target, ondelete="RESTRICT"), index=True)


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", Key, primary_key=True),
        sa.Column("subject_type", Text, nullable=False, index=True),
        sa.Column("subject", Text, nullable=False),
        _reference("requested_by_id", "employees.id"),
        sa.Column("requested_at", UtcTime, nullable=False),
        sa.Column("decision", Word),
        _reference("decided_by_id", "employees.id"),
        sa.Column("decided_at", UtcTime),
        sa.Column("comment", Text),
    )
    op.create_table(
        "policy_changes",
        sa.Column("id", Key, primary_key=True),
        sa.Column("reason", Text, nullable=False),
        sa.Column("state", Word, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
        _reference("proposed_by_id", "employees.id"),
        sa.Column("proposed_at", UtcTime, nullable=False),
        sa.Column("closed_at", UtcTime),
        _reference("approval_id", "approvals.id"),
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", Key, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("at", UtcTime, nullable=False),
        _reference("by_id", "employees.id"),
        sa.Column("reason", Text),
        _reference("change_id", "policy_changes.id"),
    )
    for table, names in LINES.items():
        op.create_table(
            table,
            sa.Column("id", Key, primary_key=True),
            *(sa.Column(name, Text, nullable=False) for name in names),
            sa.Column("since", sa.Integer, nullable=False),
            sa.Column("until", sa.Integer),
        )
        op.create_index(
            f"uq_{table}_in_force",
            table,
            list(UNIQUE[table]),
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        )


def downgrade() -> None:
    for table in (*LINES, "policy_versions", "policy_changes", "approvals"):
        op.drop_table(table)
