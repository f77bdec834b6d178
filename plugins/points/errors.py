"""Outcomes of the points' mutations that a client handles."""

from __future__ import annotations

from schema.plugin import Expected, Text


class InsufficientPoints(Expected):
    """The member has fewer points than are asked for. A balance is never below zero."""

    code = "POINTS_INSUFFICIENT"
    text = Text("the member has too few points that can be spent now", "会员当前可用积分不足")


class AlreadyReversed(Expected):
    """A transaction is reversed once."""

    code = "POINTS_ALREADY_REVERSED"
    text = Text("this transaction has been reversed already", "该笔交易已冲正")


class NotPending(Expected):
    """Only points that wait to be confirmed can be confirmed."""

    code = "POINTS_NOT_PENDING"
    text = Text("this transaction has no points that wait to be confirmed", "该笔交易没有待确认的积分")


class NotReversible(Expected):
    """Only what was earned, redeemed or adjusted can be reversed."""

    code = "POINTS_NOT_REVERSIBLE"
    text = Text(
        "only earnings, redemptions and adjustments can be reversed; enter an adjustment instead",
        "仅获得、兑换与人工调整可冲正；其他情况请作人工调整",
    )


class NothingEarned(Expected):
    """A purchase that has earned no points, or has not yet."""

    code = "POINTS_NOTHING_EARNED"
    text = Text(
        "this purchase has earned no points; what was just recorded earns within moments",
        "该笔购买没有获得积分；刚登记的购买稍后才会计入积分",
    )


class NotAMember(Expected):
    """The customer has not joined, or has left."""

    code = "POINTS_NOT_A_MEMBER"
    text = Text(
        "this customer is no member now; enrol the customer first", "该客户目前不是会员，请先办理入会"
    )


class NotOnOffer(Expected):
    """The reward can't be redeemed today, by this member, or once more."""

    code = "POINTS_NOT_ON_OFFER"
    text = Text("this reward is not on offer now", "该奖品目前不可兑换")


class OutOfStock(Expected):
    """Nothing is left of the reward."""

    code = "POINTS_OUT_OF_STOCK"
    text = Text("nothing is left of this reward", "该奖品已无库存")


class RedemptionEnded(Expected):
    """A redemption is used or cancelled once, before it expires."""

    code = "POINTS_REDEMPTION_ENDED"
    text = Text("it has been used, cancelled or has expired already", "该兑换已使用、已取消或已过期")
