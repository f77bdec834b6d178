"""Cases of suspected abuse, and the stamp by which processes notice that people changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.types import Key, Text, UtcTime

revision = "core_0009"
down_revision = "core_0008"

Word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
OPEN = sa.text("closed_at IS NULL")


def _employee(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    reference = sa.ForeignKey("employees.id", ondelete="RESTRICT")
    return sa.Column(name, Key, reference, nullable=nullable, index=True)


def upgrade() -> None:
    op.create_table(
        "abuse_cases",
        sa.Column("id", Key, primary_key=True),
        _employee("employee_id", nullable=False),
        sa.Column("opened_at", UtcTime, nullable=False),
        _employee("opened_by_id"),
        sa.Column("finding", Text, nullable=False),
        sa.Column("statement", Text),
        sa.Column("statement_at", UtcTime),
        sa.Column("outcome", Word),
        sa.Column("decision", Text),
        sa.Column("penalty", Text),
        _employee("decided_by_id"),
        sa.Column("decided_at", UtcTime),
        sa.Column("closed_at", UtcTime),
    )
    op.create_index(None, "abuse_cases", ["opened_at", "id"])
    op.create_index(
        "uq_abuse_cases_open",
        "abuse_cases",
        ["employee_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    stamps = op.create_table(
        "people_stamps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(stamps, [{"id": 1, "number": 0}])


def downgrade() -> None:
    op.drop_table("people_stamps")
    op.drop_table("abuse_cases")
