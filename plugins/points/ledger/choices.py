"""Closed lists of values of the ledger; a member's value is its name in words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from uuid import UUID

from schema.plugin import Text


class PointsAccountKind(enum.Enum):
    """Whose account it is: a member's, or one of the company's four."""

    MEMBER = Text("member", "会员")
    ISSUED = Text("issued by the company", "公司已发放")
    REDEEMED = Text("redeemed by members", "会员已兑换")
    EXPIRED = Text("expired", "已过期")
    ADJUSTED = Text("adjusted by hand", "人工调整")


class PointsTransactionKind(enum.Enum):
    """What happened to a member's points."""

    EARN = Text("earned", "获得")
    CONFIRM = Text("confirmed: pending points became available", "确认：待生效积分转为可用")
    REDEEM = Text("redeemed", "兑换")
    EXPIRE = Text("expired", "过期")
    ADJUST = Text("adjusted by hand", "人工调整")
    REVERSE = Text("an earlier transaction reversed", "冲正")


class PointsOccasion(enum.Enum):
    """What points were earned by that somebody enters by hand."""

    ACTIVITY = Text("an activity", "活动")
    REFERRAL = Text("a referral", "推荐新客户")
    REVIEW = Text("a review", "评价")
    GOODWILL = Text("a gesture of goodwill", "客户关怀")
    OTHER = Text("something else; say what", "其他，请注明")


class PointsSide(enum.Enum):
    """Which of an account's three figures an entry changes."""

    AVAILABLE = Text("available", "可用")
    PENDING = Text("pending", "待生效")
    CLAIM = Text("owed by the member, settled by what is earned next", "会员欠回，由后续所得抵扣")


class PointsLotState(enum.Enum):
    """Whether the points of a lot can be spent."""

    PENDING = Text("pending", "待生效")
    AVAILABLE = Text("available", "可用")


COMPANY: Mapping[PointsAccountKind, UUID] = {
    kind: UUID(int=(7 << 76) | (2 << 62) | place)
    for place, kind in enumerate(PointsAccountKind)
    if kind is not PointsAccountKind.MEMBER
}
"""Keys of the company's accounts: the same in every database, entered by the first migration."""
