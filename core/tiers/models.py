"""Tables of the tiers. Rules and assignments are never edited: a new row follows the old (TIE-3, BEY-2)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Via
from core.db.model import Model, column, key_column, reference
from core.db.sensitivity import COMMERCIAL, INTERNAL, PUBLIC
from core.db.types import Choice, Json, Text, UtcTime
from core.tiers.choices import AssignmentKind

CURRENT = sa.text("ended_at IS NULL")


class TierScheme(Model):
    """A way to grade customers, such as by customer value (TIE-1)."""

    __tablename__ = "tier_schemes"
    __prefix__ = "sch"

    id = key_column()
    code = column(Text, PUBLIC, "Name that programs use; unique.", nullable=False, unique=True)
    name = column(Text, PUBLIC, "Name in Chinese.", nullable=False)
    name_en = column(Text, PUBLIC, "Name in English.", nullable=False)
    about = column(Text, PUBLIC, "What the scheme is for.")
    created_at = column(UtcTime, PUBLIC, "When the scheme was entered.", nullable=False)


class Tier(Model):
    """One tier of a scheme."""

    __tablename__ = "tiers"
    __prefix__ = "tie"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "code"), sa.UniqueConstraint("scheme_id", "rank"))

    id = key_column()
    scheme_id = reference("tier_schemes.id", PUBLIC, "The scheme.", nullable=False, index=False)
    code = column(Text, PUBLIC, "Name that programs use; unique in the scheme.", nullable=False)
    name = column(Text, PUBLIC, "Name in Chinese.", nullable=False)
    name_en = column(Text, PUBLIC, "Name in English.", nullable=False)
    rank = column(
        sa.Integer, PUBLIC, "Place among the tiers of the scheme; 1 is the highest.", nullable=False
    )


class TierRule(Model):
    """One version of the rule of a scheme; the newest that is valid grades (TIE-3)."""

    __tablename__ = "tier_rules"
    __prefix__ = "rul"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "version"),)

    id = key_column()
    scheme_id = reference("tier_schemes.id", PUBLIC, "The scheme.", nullable=False, index=False)
    version = column(
        sa.Integer, PUBLIC, "Number of the version; counts from 1 in each scheme.", nullable=False
    )
    thresholds = column(Json, INTERNAL, "The window and the conditions of each tier.", nullable=False)
    valid_from = column(UtcTime, PUBLIC, "From when this version grades.", nullable=False)
    created_by_id = reference("employees.id", INTERNAL, "The employee who set it.")


class TierAssignment(Model):
    """A customer's tier in a scheme, with the evidence (BEY-2). The current one has no end, history has."""

    __tablename__ = "tier_assignments"
    __prefix__ = "asg"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.Index(
            "uq_tier_assignments_current",
            "customer_id",
            "scheme_id",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        sa.Index(None, "customer_id", "assigned_at", "id"),
        sa.Index(None, "tier_id", "assigned_at", "id"),
        sa.Index(None, "customer_id", "scheme_id", "assigned_at"),
    )

    id = key_column()
    customer_id = reference("customers.id", PUBLIC, "The customer.", nullable=False, index=False)
    scheme_id = reference("tier_schemes.id", PUBLIC, "The scheme.", nullable=False)
    tier_id = reference("tiers.id", PUBLIC, "The tier.", nullable=False, index=False)
    kind = column(Choice(AssignmentKind), PUBLIC, "By rule or by hand.", nullable=False)
    rule_version = column(sa.Integer, INTERNAL, "Version of the rule that graded; null for a grade by hand.")
    assigned_at = column(UtcTime, PUBLIC, "From when the customer is in the tier.", nullable=False)
    valid_until = column(UtcTime, PUBLIC, "When a grade by hand lapses.")
    ended_at = column(UtcTime, PUBLIC, "When another tier took its place; null for the current one.")
    inputs = column(
        Json,
        COMMERCIAL,
        "What the rule looked at: days since the last purchase, purchases and spend in the window, signals, "
        "date.",
    )
    thresholds = column(Json, INTERNAL, "The conditions of each tier that were in force.")
    missing = column(
        Json,
        COMMERCIAL,
        "What is missing to the next higher tier, by condition; null at the top.",
    )
    # A reason quotes what the rule looked at, so it is guarded like that.
    reason = column(Text, COMMERCIAL, "Why the customer is in the tier, in Chinese.", nullable=False)
    reason_en = column(Text, COMMERCIAL, "Why the customer is in the tier, in English.", nullable=False)
    assigned_by_id = reference("employees.id", INTERNAL, "The employee who graded by hand.")
