"""Search by name."""

from __future__ import annotations

from core.db.search import index

revision = "core_0002"
down_revision = "core_0001"

SEARCHED = (("customers", "name"), ("employees", "name"), ("departments", "name"), ("activities", "title"))


def upgrade() -> None:
    index.add_functions()
    for table, column in SEARCHED:
        index.add(table, column)


def downgrade() -> None:
    for table, column in SEARCHED:
        index.remove(table, column)
    index.remove_functions()
