"""The outbox: what is to be done, and what was told. No GraphQL types: workers and the operator read them."""

from __future__ import annotations

import sqlalchemy as sa

from core.db.model import Model, column, key_column
from core.db.sensitivity import INTERNAL
from core.db.types import Json, Text, UtcTime

WAITING = sa.text("handler IS NOT NULL AND failed_at IS NULL")
FEED = sa.text("handler IS NULL")


class OutboxRow(Model):
    """Something for one handler or job to do; without a handler: an event, as those who listen read it."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_due", "handler", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        sa.Index("ix_outbox_feed", "id", sqlite_where=FEED, postgresql_where=FEED),
    )

    id = key_column("Ordered by time.")
    name = column(Text, INTERNAL, "Name of the event or job.", nullable=False)
    version = column(sa.Integer, INTERNAL, "Version of the event, which says how to read it.", nullable=False)
    handler = column(Text, INTERNAL, "Who is to act; a job acts for itself.")
    payload = column(Json, INTERNAL, "What the event tells, or the job is given.", nullable=False)
    at = column(UtcTime, INTERNAL, "When it happened or was asked for.", nullable=False)
    due_at = column(UtcTime, INTERNAL, "Not before this.", nullable=False)
    attempts = column(sa.Integer, INTERNAL, "How often it failed.", nullable=False)
    failed_at = column(UtcTime, INTERNAL, "When it was given up.")
    error = column(Text, INTERNAL, "How it failed last: a code, or the name of a class; no values.")


class Schedule(Model):
    """When a job comes next by the clock."""

    __tablename__ = "schedules"

    name = column(Text, INTERNAL, "Name of the job.", primary_key=True)
    every = column(Text, INTERNAL, "The cron expression that the time follows from.", nullable=False)
    next_at = column(UtcTime, INTERNAL, "When it comes next.", nullable=False)


OUTBOX: sa.Table = OutboxRow.__table__  # type: ignore[assignment]
SCHEDULES: sa.Table = Schedule.__table__  # type: ignore[assignment]
