"""Tables of recorded operations. No value of an operation is in them: see `schema.recording`."""

from __future__ import annotations

import sqlalchemy as sa

from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import INTERNAL
from core.db.types import Choice, Json, Text, UtcTime
from core.operations.choices import OperationKind


class RecordedOperation(Model):
    """An operation that some role asked, with placeholders for all its values.

    The key follows from what is recorded, so that all processes count on the same row.
    """

    __tablename__ = "recorded_operations"
    __prefix__ = "rop"
    __table_args__ = (sa.Index(None, "last_seen_at", "id"),)

    id = key_column()
    role = column(Text, INTERNAL, "The role that asked.", nullable=False)
    kind = column(Choice(OperationKind), INTERNAL, "Whether it reads or changes.", nullable=False)
    name = column(Text, INTERNAL, "Name of the operation; null where it has none.")
    text = column(Text, INTERNAL, "The operation, with placeholders for its values.", nullable=False)
    variables = column(
        Json, INTERNAL, "Which variables came with it, with placeholders for their values.", nullable=False
    )
    first_seen_at = column(UtcTime, INTERNAL, "When it was first asked.", nullable=False)
    last_seen_at = column(UtcTime, INTERNAL, "When it was last asked.", nullable=False)


class RecordedOperationDay(Model):
    """How often an operation was asked on one day."""

    __tablename__ = "recorded_operation_days"
    __prefix__ = "rod"
    __table_args__ = (sa.Index(None, "operation_id", "day", "id"), sa.Index(None, "day"))

    id = key_column()
    operation_id = reference(
        "recorded_operations.id",
        INTERNAL,
        "The operation.",
        on_delete="CASCADE",
        nullable=False,
        index=False,
    )
    day = column(sa.Date, INTERNAL, "The day, in the company's time zone.", nullable=False)
    calls = column(sa.Integer, INTERNAL, "How often it was asked.", nullable=False)
