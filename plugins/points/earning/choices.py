"""Closed lists of values of the earning rules."""

from __future__ import annotations

import enum

from schema.plugin import Text


class PointsTrigger(enum.Enum):
    """What members earn points for."""

    PURCHASE = Text("a purchase", "购买")
    PARTICIPATION = Text("taking part in an activity", "参加活动")
    EVENT = Text("an event of the given name", "指定名称的事件")
