"""What a reward may say of itself, and who may have it: pure rules (PTS-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from plugins.points.errors import NotOnOffer, OutOfStock
from plugins.points.rewards.choices import PointsRewardKind
from plugins.points.rewards.models import PointsReward
from plugins.points.words import NO_CURRENCY, ORDER
from schema.plugin import CURRENCIES, InvalidInput, Text

MOST_MINOR, MOST_DAYS, MOST_EACH = 2**53 - 1, 3_660, 1_000_000
WITHIN = Text("from {least} to {most}", "应为 {least} 至 {most}")
WORTH = Text("a coupon says what it is worth", "优惠券须注明面值")
NO_WORTH = Text("only coupons have a value", "仅优惠券可设面值")
NOT_YET = Text("it can be redeemed from {time}", "自 {time} 起可兑换")
OVER = Text("its time is over", "兑换期已过")
LEVEL = Text("it is for members of a higher level", "仅限更高等级会员兑换")
LIMIT = Text("a member may redeem it {most} times at most", "每位会员至多兑换 {most} 次")

RANGES = {
    "points": (1, MOST_MINOR),
    "stock": (0, MOST_MINOR),
    "per_member": (1, MOST_EACH),
    "days": (1, MOST_DAYS),
}
FIELDS = {"per_member": "perMember"}


def check(values: Mapping[str, Any]) -> None:
    """INVALID_INPUT, naming the field, for columns of a reward that contradict each other or are no use."""
    for name, (least, most) in RANGES.items():
        if (figure := values.get(name)) is not None and not least <= figure <= most:
            raise InvalidInput(FIELDS.get(name, name), WITHIN, least=least, most=most)
    coupon = values.get("kind") is PointsRewardKind.COUPON
    value, currency = values.get("value_minor"), values.get("currency")
    if coupon != (value is not None):
        raise InvalidInput("value", WORTH if coupon else NO_WORTH)
    if (value is None) != (currency is None) or (currency is not None and currency not in CURRENCIES):
        raise InvalidInput("value.currency", NO_CURRENCY)
    if value is not None and not 1 <= value <= MOST_MINOR:
        raise InvalidInput("value", WITHIN, least=1, most=MOST_MINOR)
    starts, ends = values.get("valid_from"), values.get("valid_until")
    if starts is not None and ends is not None and ends <= starts:
        raise InvalidInput("validUntil", ORDER)


def may_have(reward: PointsReward, now: dt.datetime, points: tuple[int, int], had: int) -> None:
    """POINTS_NOT_ON_OFFER, saying why, or POINTS_OUT_OF_STOCK, unless a member may redeem the reward now.

    `points`: what the member's level needs, and what the level that the reward asks for needs.
    `had`: how many the member has redeemed already, cancelled ones left out.
    """
    if now < reward.valid_from:
        raise NotOnOffer("rewardId", NOT_YET, time=reward.valid_from.isoformat())
    if reward.valid_until is not None and now >= reward.valid_until:
        raise NotOnOffer("rewardId", OVER)
    has, needs = points
    if has < needs:
        raise NotOnOffer("rewardId", LEVEL)
    if reward.per_member is not None and had >= reward.per_member:
        raise NotOnOffer("rewardId", LIMIT, most=reward.per_member)
    if reward.stock == 0:
        raise OutOfStock("rewardId")
