"""Indices that give every list that grows in its own order, so that a page costs no sorting."""

from __future__ import annotations

from alembic import op

revision = "core_0005"
down_revision = "core_0004"

LISTS = {
    "customers": (("owner_id", "name", "id"), ("department_id", "name", "id")),
    "participations": (("customer_id", "id"), ("activity_id", "id")),
    "tier_assignments": (("customer_id", "assigned_at", "id"), ("tier_id", "assigned_at", "id")),
    "activities": (("starts_at", "id"),),
    "assessments": (("period_end", "id"),),
}
# The first columns of the new ones do their work.
REPLACED = {
    "customers": ("owner_id", "department_id"),
    "participations": ("activity_id",),
    "tier_assignments": ("tier_id",),
    "activities": ("starts_at",),
}


def _name(table: str, *columns: str) -> str:
    return "_".join(("ix", table, *columns))


def upgrade() -> None:
    for table, lists in LISTS.items():
        for columns in lists:
            op.create_index(_name(table, *columns), table, list(columns))
    for table, names in REPLACED.items():
        for name in names:
            op.drop_index(_name(table, name), table)


def downgrade() -> None:
    for table, names in REPLACED.items():
        for name in names:
            op.create_index(_name(table, name), table, [name])
    for table, lists in LISTS.items():
        for columns in lists:
            op.drop_index(_name(table, *columns), table)
