"""Tables of the rewards (PTS-3)."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.columns import figure, of_member, of_transaction
from plugins.points.rewards.choices import PointsRedemptionState, PointsRewardKind
from plugins.points.rewards.codes import CODE, VOUCHER
from schema.plugin import (
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
    sealed,
)

ISSUED = sa.text("state = 'ISSUED'")


class PointsReward(Model):
    """A gift or coupon that members can take for points."""

    __tablename__ = "p_points_rewards"
    __prefix__ = "prw"
    __table_args__ = (
        sa.CheckConstraint("points > 0", "points"),
        sa.CheckConstraint("stock >= 0", "stock"),
        sa.CheckConstraint("per_member > 0", "per_member"),
        sa.CheckConstraint("days > 0", "days"),
        sa.CheckConstraint("(value_minor IS NULL) = (currency IS NULL)", "value"),
    )

    id = key_column()
    code = column(String, PUBLIC, "Name that programs use; unique.", nullable=False, unique=True)
    kind = column(Choice(PointsRewardKind), PUBLIC, "Gift or coupon.", nullable=False)
    name = column(String, PUBLIC, "Name in Chinese.", nullable=False)
    name_en = column(String, PUBLIC, "Name in English.", nullable=False)
    about = column(String, PUBLIC, "What it is, in Chinese.")
    about_en = column(String, PUBLIC, "What it is, in English.")
    points = column(sa.BigInteger, PUBLIC, "Price in points.", nullable=False)
    stock = column(sa.BigInteger, PUBLIC, "How many are left; null for as many as are wanted.")
    valid_from = column(UtcTime, PUBLIC, "From when it can be redeemed.", nullable=False)
    valid_until = column(UtcTime, PUBLIC, "Until when it can be redeemed; null for no end.")
    level_id = reference("p_points_levels.id", PUBLIC, "The level needed, or a higher one; null for any.")
    per_member = column(sa.Integer, PUBLIC, "Most that one member may redeem; null for any number.")
    value_minor = column(sa.BigInteger, PUBLIC, "What a coupon is worth, in minor units of the currency.")
    currency = column(String, PUBLIC, "Currency of the value (ISO 4217).")
    days = column(sa.Integer, PUBLIC, "Days within which it has to be used; null for no limit.")
    created_at = column(UtcTime, INTERNAL, "When it was entered.", nullable=False)


class PointsRedemption(Model):
    """A reward that a member took, with the code that it is used by."""

    __tablename__ = "p_points_redemptions"
    __prefix__ = "prd"
    __access__ = Via("customer_id")
    __table_args__ = (
        sa.UniqueConstraint("code_index"),
        sa.Index(None, "customer_id", "issued_at", "id"),
        sa.Index(None, "issued_at", "id"),
        sa.Index(None, "reward_id", "customer_id"),
        sa.Index(None, "expires_at", "id", sqlite_where=ISSUED, postgresql_where=ISSUED),
    )

    id = key_column()
    customer_id = of_member()
    reward_id = reference("p_points_rewards.id", PUBLIC, "The reward.", nullable=False, index=False)
    state = column(Choice(PointsRedemptionState), PUBLIC, "Where it stands.", nullable=False)
    points = figure("Points that were paid.")
    transaction_id = of_transaction("The transaction that took the points.", unique=True)
    code = sealed(VOUCHER, CODE, "Code by which it is used.")
    limited = column(
        sa.Boolean,
        INTERNAL,
        "Whether it was taken from a stock, which has it back if cancelled.",
        nullable=False,
    )
    issued_at = column(UtcTime, PUBLIC, "When it was redeemed.", nullable=False)
    expires_at = column(UtcTime, PUBLIC, "Until when it can be used; null for no limit.")
    ended_at = column(UtcTime, PUBLIC, "When it was used, cancelled or expired.")
    reason = column(String, INTERNAL, "Why it was cancelled.")
    issued_by_id = reference("employees.id", INTERNAL, "The employee who redeemed it for the member.")
    ended_by_id = reference("employees.id", INTERNAL, "The employee who took it in use, or cancelled it.")
