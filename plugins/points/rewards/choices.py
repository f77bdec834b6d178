"""Closed lists of values of the rewards; a member's value is its name in words."""

from __future__ import annotations

import enum

from schema.plugin import Text


class PointsRewardKind(enum.Enum):
    """What a member gets."""

    GIFT = Text("gift", "礼品")
    COUPON = Text("coupon", "优惠券")


class PointsRedemptionState(enum.Enum):
    """Where a redemption stands. Only an issued one can still become something else."""

    ISSUED = Text("issued", "已发放")
    USED = Text("used, or handed over", "已使用或已领取")
    CANCELLED = Text("cancelled; the points were given back", "已取消，积分已退回")
    EXPIRED = Text("expired unused", "逾期未使用")
