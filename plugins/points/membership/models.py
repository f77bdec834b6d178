"""Tables of the membership (PTS-1). A change of level is never edited: a new row follows the old."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.columns import figure, of_member
from plugins.points.membership.choices import PointsLevelReason
from schema.plugin import (
    INTERNAL,
    PUBLIC,
    Choice,
    Collection,
    Model,
    String,
    UtcTime,
    Via,
    column,
    key_column,
    reference,
)

IN_FORCE = sa.text("retired_at IS NULL")


class PointsLevel(Model):
    """A level of the programme, and what it brings."""

    __tablename__ = "p_points_levels"
    __prefix__ = "plv"
    __table_args__ = (
        sa.CheckConstraint("points_needed >= 0", "points_needed"),
        sa.CheckConstraint("multiplier_numerator > 0 AND multiplier_denominator > 0", "multiplier"),
        sa.CheckConstraint("discount_basis_points BETWEEN 0 AND 10000", "discount"),
        sa.Index(
            "uq_p_points_levels_rank", "rank", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
        ),
    )

    id = key_column()
    code = column(String, PUBLIC, "Name that programs use; unique.", nullable=False, unique=True)
    name = column(String, PUBLIC, "Name in Chinese.", nullable=False)
    name_en = column(String, PUBLIC, "Name in English.", nullable=False)
    rank = column(
        sa.Integer, PUBLIC, "Place among the levels; 1 is the lowest, where members begin.", nullable=False
    )
    points_needed = column(
        sa.BigInteger, PUBLIC, "Points that a member must have earned in the window.", nullable=False
    )
    multiplier_numerator = column(
        sa.Integer,
        PUBLIC,
        "Members earn numerator / denominator times the points.",
        nullable=False,
        default=1,
    )
    multiplier_denominator = column(
        sa.Integer, PUBLIC, "Denominator of the multiplier.", nullable=False, default=1
    )
    discount_basis_points = column(
        sa.Integer, PUBLIC, "Discount in hundredths of a percent: 500 is 5 %.", nullable=False, default=0
    )
    priority_service = column(
        sa.Boolean, PUBLIC, "Whether members are served first.", nullable=False, default=False
    )
    exclusive_activities = column(
        sa.Boolean,
        PUBLIC,
        "Whether members are invited to exclusive activities.",
        nullable=False,
        default=False,
    )
    benefits = column(String, PUBLIC, "Further benefits, in Chinese.")
    benefits_en = column(String, PUBLIC, "Further benefits, in English.")
    created_at = column(UtcTime, PUBLIC, "When the level was entered.", nullable=False)
    retired_at = column(UtcTime, PUBLIC, "From when nobody comes to this level; null while it is in force.")


class PointsMember(Model):
    """A customer's membership: one each, also after leaving and joining again."""

    __tablename__ = "p_points_members"
    __prefix__ = "pme"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.UniqueConstraint("customer_id"),
        sa.Index(None, "joined_at", "id"),
        sa.Index(None, "level_id", "joined_at", "id"),
    )

    id = key_column()
    customer_id = of_member()
    number = column(String, PUBLIC, "Number of the member's card; unique.", nullable=False, unique=True)
    joined_at = column(UtcTime, PUBLIC, "When the customer first joined.", nullable=False)
    channel = column(Choice(Collection), PUBLIC, "By which channel the customer joined.", nullable=False)
    level_id = reference("p_points_levels.id", PUBLIC, "The level; null after leaving.", index=False)
    level_since = column(UtcTime, PUBLIC, "From when the member is at this level.")
    left_at = column(UtcTime, PUBLIC, "When the member left; null for whoever is a member now.")
    enrolled_by_id = reference(
        "employees.id", INTERNAL, "The employee who enrolled the member; null where nobody did."
    )


class PointsLevelChange(Model):
    """A member came to another level."""

    __tablename__ = "p_points_level_changes"
    __prefix__ = "plc"
    __access__ = Via("customer_id")
    __table_args__ = (sa.Index(None, "customer_id", "at", "id"), sa.Index(None, "level_id", "at", "id"))

    id = key_column()
    customer_id = of_member()
    previous_id = reference("p_points_levels.id", PUBLIC, "The level before; null for none.")
    level_id = reference("p_points_levels.id", PUBLIC, "The level after; null for none.", index=False)
    reason = column(Choice(PointsLevelReason), PUBLIC, "Why.", nullable=False)
    at = column(UtcTime, PUBLIC, "From when.", nullable=False)
    earned = figure("Points that the member had earned in the window.")
