"""A programme to begin with: the levels, rules and rewards of the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.points.earning.choices import PointsTrigger
from plugins.points.rewards.choices import PointsRewardKind

Rows = Sequence[Mapping[str, Any]]
GIFT, COUPON = PointsRewardKind.GIFT, PointsRewardKind.COUPON


def _level(code: str, name: str, name_en: str, needed: int, **more: Any) -> Mapping[str, Any]:
    return {"code": code, "name": name, "name_en": name_en, "points_needed": needed, **more}


LEVELS: Rows = (
    _level(
        "basic", "普通会员", "Basic", 0, benefits="生日当月积分礼", benefits_en="points in the birthday month"
    ),
    _level(
        "silver",
        "银卡会员",
        "Silver",
        100,
        multiplier_numerator=11,
        multiplier_denominator=10,
        discount_basis_points=200,
        benefits="生日礼券",
        benefits_en="a birthday coupon",
    ),
    _level(
        "gold",
        "金卡会员",
        "Gold",
        300,
        multiplier_numerator=6,
        multiplier_denominator=5,
        discount_basis_points=500,
        priority_service=True,
        benefits="新品优先预订",
        benefits_en="first choice of new releases",
    ),
    _level(
        "diamond",
        "钻石会员",
        "Diamond",
        800,
        multiplier_numerator=3,
        multiplier_denominator=2,
        discount_basis_points=800,
        priority_service=True,
        exclusive_activities=True,
        benefits="专属客户经理与私享会",
        benefits_en="an account manager of their own and private events",
    ),
)


def rules(currency: str) -> Rows:
    """A point for each main unit of currency (of two decimals), double for jazz; 20 for an activity."""
    kept = {"expiry_months": 6, "denominator": 100, "currency": currency}
    bought = {**kept, "trigger": PointsTrigger.PURCHASE}
    return (
        {**bought, "name": "消费积分", "name_en": "purchases", "numerator": 1},
        {
            **bought,
            "name": "爵士双倍积分",
            "name_en": "double for jazz",
            "numerator": 2,
            "category": "爵士",
            "pending_days": 7,
        },
        {
            "trigger": PointsTrigger.PARTICIPATION,
            "name": "活动积分",
            "name_en": "taking part in an activity",
            "numerator": 20,
            "denominator": 1,
            "expiry_months": 6,
        },
    )


def _gift(code: str, name: str, name_en: str, points: int, stock: int | None = None) -> Mapping[str, Any]:
    return {"code": code, "kind": GIFT, "name": name, "name_en": name_en, "points": points, "stock": stock}


def rewards(currency: str) -> Rows:
    """Six gifts and four coupons."""
    coupons = (
        {
            "code": f"coupon-{worth}",
            "kind": COUPON,
            "name": f"{worth} 元优惠券",
            "name_en": f"coupon of {worth}",
            "points": points,
            "value_minor": worth * 100,
            "currency": currency,
            "days": 60,
            "per_member": each,
        }
        for worth, points, each in ((5, 80, 10), (10, 150, 6), (30, 400, 4), (50, 600, 2))
    )
    return (
        _gift("sticker", "主题贴纸", "stickers", 30),
        _gift("cloth", "唱片清洁布", "record cloth", 60, 800),
        _gift("mug", "周边马克杯", "mug", 120, 500),
        _gift("bag", "帆布袋", "tote bag", 180, 400),
        _gift("frame", "黑胶画框", "record frame", 500, 100),
        _gift("ticket", "音乐会门票", "concert ticket", 900, 60),
        *coupons,
    )
