"""Closed lists of values of the analysis; a member's value is its name in words."""

from __future__ import annotations

import enum

from schema.plugin import Text


class PointsAdvice(enum.Enum):
    """Why marketing should speak with a member (PTS-4)."""

    EXPIRING = Text("points expire soon", "积分即将过期")
    NEXT_LEVEL = Text("nearly at the next level", "即将升级")
    IDLE = Text("many points and nothing redeemed", "积分长期未用")
    FADING = Text("the favourite category is bought less", "偏好品类消费下降")
