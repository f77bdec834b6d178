"""The timeline of a customer: what happened, of every sort, as one source of rows (CUS-1)."""

from __future__ import annotations

import sqlalchemy as sa

from core.db.model import Model

KINDS = {
    "Purchase": ("purchases", "at"),
    "Interaction": ("interactions", "at"),
    "Participation": ("participations", "created_at"),
    "TierAssignment": ("tier_assignments", "assigned_at"),
}
"""Type name to table and the column that says when."""


def timeline() -> sa.Subquery:
    """Rows `id`, `kind`, `at`, `customer_id` of all sorts; an index on (customer_id, when) serves each."""
    tables = Model.metadata.tables
    branches = []
    for kind, (table, when) in KINDS.items():
        t = tables[table]
        branches.append(
            sa.select(
                t.c.id,
                sa.literal_column(f"'{kind}'", sa.String()).label("kind"),
                t.c[when].label("at"),
                t.c.customer_id,
            )
        )
    return sa.union_all(*branches).subquery("timeline")
