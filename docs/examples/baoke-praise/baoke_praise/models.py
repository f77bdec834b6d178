"""Tables. Every column has a sensitivity class: policies speak of classes, not of columns."""

from __future__ import annotations

import sqlalchemy as sa

from baoke_praise.choices import PraiseChannel, PraiseOutcome
from schema.plugin import (
    ASSESSMENT,
    INTERNAL,
    PERSONAL,
    PUBLIC,
    Choice,
    Model,
    String,
    UtcTime,
    Via,
    column,
    key_column,
    reference,
)

LEAST, MOST = 1, 5
OPEN = sa.text("closed_at IS NULL")


class PraiseReview(Model):
    """A review or good word of a customer."""

    __tablename__ = "p_praise_reviews"
    __prefix__ = "prv"
    __access__ = Via("customer_id")  # whoever may see the customer's rows may see it: own, team, department
    __table_args__ = (
        sa.UniqueConstraint("channel", "source_id"),
        sa.CheckConstraint(f"stars BETWEEN {LEAST} AND {MOST}", name="stars"),
        sa.Index(None, "customer_id", "at", "id"),
        sa.Index(None, "at", "id"),
    )

    id = key_column()
    customer_id = reference(
        "customers.id", PUBLIC, "The customer.", nullable=False, on_delete="CASCADE", index=False
    )
    channel = column(Choice(PraiseChannel), PUBLIC, "Where it was said.", nullable=False)
    # Public, because it has to be unique: whoever records a review may learn that it is there already.
    source_id = column(String, PUBLIC, "What the channel calls the review; unique in the channel.")
    stars = column(sa.Integer, ASSESSMENT, f"From {LEAST} to {MOST} stars.", nullable=False)
    text = column(String, PERSONAL, "What the customer said.")
    url = column(String, PERSONAL, "Where it can be read.")
    at = column(UtcTime, INTERNAL, "When it was said.", nullable=False)
    recorded_by_id = reference(
        "employees.id", INTERNAL, "The employee who recorded it; null for one that the channel sent."
    )
    created_at = column(UtcTime, INTERNAL, "When it was recorded.", nullable=False)


class PraiseRequest(Model):
    """A customer who may be asked for a review; an employee asks, and closes it."""

    __tablename__ = "p_praise_requests"
    __prefix__ = "prq"
    __access__ = Via("customer_id")
    __table_args__ = (
        # One open request a customer, however many workers look at once.
        sa.Index(
            "uq_p_praise_requests_open", "customer_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        sa.Index(None, "customer_id", "created_at", "id"),
        sa.Index(None, "created_at", "id"),
    )

    id = key_column()
    customer_id = reference(
        "customers.id", PUBLIC, "The customer.", nullable=False, on_delete="CASCADE", index=False
    )
    purchase_id = reference(
        "purchases.id", INTERNAL, "The purchase to ask about.", nullable=False, on_delete="CASCADE"
    )
    outcome = column(Choice(PraiseOutcome), INTERNAL, "What came of it; null while it is open.")
    closed_at = column(UtcTime, INTERNAL, "When it was closed; null while it is open.")
    closed_by_id = reference("employees.id", INTERNAL, "The employee who closed it; null if a review did.")
    created_at = column(UtcTime, INTERNAL, "From when the customer may be asked.", nullable=False)
