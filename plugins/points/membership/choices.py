"""Closed lists of values of the membership; a member's value is its name in words."""

from __future__ import annotations

import enum

from schema.plugin import Text


class PointsLevelReason(enum.Enum):
    """Why a member came to a level, or lost it."""

    JOINED = Text("joined the programme", "加入会员计划")
    REJOINED = Text("joined again", "重新加入")
    POINTS = Text("by the points earned", "按所得积分评定")
    LEFT = Text("left the programme", "退出会员计划")
