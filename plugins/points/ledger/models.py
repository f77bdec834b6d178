"""Tables of the ledger (PTS-2, BEY-15).

Transactions, entries and takings are only ever added. What changes are the figures that follow from them:
an account's three, and what remains of a lot; `verify` holds both against each other.
"""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.columns import figure, of_member, of_transaction
from plugins.points.ledger.choices import (
    PointsAccountKind,
    PointsLotState,
    PointsSide,
    PointsTransactionKind,
)
from schema.plugin import (
    COMMERCIAL,
    INTERNAL,
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

LEFT = sa.text("remaining > 0")


class PointsAccount(Model):
    """The points of one member; or one of the company's accounts, of which no figures are kept here."""

    __tablename__ = "p_points_accounts"
    __prefix__ = "pac"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.CheckConstraint("balance >= 0", "balance"),
        sa.CheckConstraint("pending >= 0", "pending"),
        sa.CheckConstraint("claim >= 0", "claim"),
    )

    id = key_column()
    kind = column(Choice(PointsAccountKind), PUBLIC, "A member's or the company's.", nullable=False)
    customer_id = reference(
        "customers.id", PUBLIC, "The member; null for the company's own.", unique=True, index=False
    )
    balance = figure("Points that are available.", default=0)
    pending = figure("Points that wait to be confirmed.", default=0)
    claim = figure(
        "Points that the member owes because an earning was reversed after it was spent; "
        "what is earned next settles it.",
        default=0,
    )
    opened_at = column(UtcTime, INTERNAL, "When the account was opened.", nullable=False)


class PointsTransaction(Model):
    """What happened to the points of one member, once; never edited."""

    __tablename__ = "p_points_transactions"
    __prefix__ = "ptx"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.UniqueConstraint("scope", "key"),
        sa.Index(None, "customer_id", "at", "id"),
        sa.Index(None, "at", "id"),
        sa.Index(None, "source_id"),
    )

    id = key_column()
    customer_id = of_member()
    kind = column(Choice(PointsTransactionKind), PUBLIC, "What happened.", nullable=False)
    at = column(UtcTime, COMMERCIAL, "When it was entered in the books.", nullable=False)
    points = figure(
        "By how many points the member has more or (negative) less; how many a confirmation confirms."
    )
    reason = column(String, INTERNAL, "Why, in the words of whoever adjusted or reversed.")
    source_kind = column(
        String, INTERNAL, "What it came from: purchase, participation, reward …", nullable=False
    )
    source_id = column(sa.Uuid, INTERNAL, "Key of what it came from.")
    rule_id = reference("p_points_rules.id", INTERNAL, "The rule by which it was earned.", index=False)
    by_id = reference("employees.id", INTERNAL, "The employee who did it; null for the system's own.")
    reverses_id = reference(
        "p_points_transactions.id", PUBLIC, "The transaction that it reverses.", unique=True, index=False
    )
    scope = column(String, INTERNAL, "Within what the key is unique.", nullable=False)
    key = column(
        String, INTERNAL, "Key by which it is entered once, however often it is told.", nullable=False
    )
    input_digest = column(sa.LargeBinary, INTERNAL, "Digest of what was told with the key.", nullable=False)


class PointsEntry(Model):
    """One posting. The entries of a transaction always sum to zero."""

    __tablename__ = "p_points_entries"
    __prefix__ = "pen"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.CheckConstraint("points <> 0", "points"),
        sa.Index(None, "transaction_id"),
        sa.Index(None, "account_id", "at", "id"),
        sa.Index(None, "customer_id", "at", "id"),
    )

    id = key_column()
    transaction_id = of_transaction()
    account_id = reference("p_points_accounts.id", PUBLIC, "The account.", nullable=False, index=False)
    customer_id = reference(
        "customers.id", PUBLIC, "The member; null for an account of the company.", index=False
    )
    side = column(Choice(PointsSide), PUBLIC, "Which figure of the account changes.", nullable=False)
    points = figure("Points added or (negative) taken.")
    at = column(UtcTime, COMMERCIAL, "When it was entered in the books.", nullable=False)


class PointsLot(Model):
    """Points that were earned together and expire together."""

    __tablename__ = "p_points_lots"
    __prefix__ = "plo"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.CheckConstraint("earned > 0", "earned"),
        sa.CheckConstraint("remaining BETWEEN 0 AND earned", "remaining"),
        sa.Index(None, "account_id", "expires_at", "earned_at", sqlite_where=LEFT, postgresql_where=LEFT),
        sa.Index(None, "expires_at", "id", sqlite_where=LEFT, postgresql_where=LEFT),
        sa.Index(None, "available_at", "id", sqlite_where=LEFT, postgresql_where=LEFT),
        sa.Index(None, "customer_id", "expires_at", "id"),
    )

    id = key_column()
    account_id = reference("p_points_accounts.id", PUBLIC, "The account.", nullable=False, index=False)
    customer_id = of_member()
    transaction_id = of_transaction("The transaction that made it.", unique=True)
    earned = figure("How many points it began with.")
    remaining = figure("How many are left.")
    earned_at = column(UtcTime, COMMERCIAL, "When they were earned.", nullable=False)
    available_at = column(
        UtcTime, COMMERCIAL, "From when they are available; null while that waits for somebody's word."
    )
    expires_at = column(UtcTime, COMMERCIAL, "When what is left expires; null for never.")
    state = column(Choice(PointsLotState), PUBLIC, "Whether they are available yet.", nullable=False)


class PointsTaking(Model):
    """How much of a lot a transaction took or (negative) gave back; so that undoing is exact."""

    __tablename__ = "p_points_takings"
    __prefix__ = "pta"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.CheckConstraint("points <> 0", "points"),
        sa.UniqueConstraint("transaction_id", "lot_id"),
        sa.Index(None, "lot_id"),
        sa.Index(None, "customer_id", "id"),
    )

    id = key_column()
    transaction_id = of_transaction()
    lot_id = reference("p_points_lots.id", PUBLIC, "The lot.", nullable=False, index=False)
    customer_id = of_member()
    points = figure("Points taken from the lot or (negative) given back.")
