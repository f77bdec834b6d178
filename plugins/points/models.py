"""All tables of the points."""

from __future__ import annotations

from plugins.points.analysis.models import PointsFigure, PointsMonth, PointsRecommendation
from plugins.points.earning.models import PointsRule
from plugins.points.ledger.models import (
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsTaking,
    PointsTransaction,
)
from plugins.points.membership.models import PointsLevel, PointsLevelChange, PointsMember
from plugins.points.rewards.models import PointsRedemption, PointsReward
from schema.plugin import Model

MODELS: tuple[type[Model], ...] = (
    PointsRule,
    PointsAccount,
    PointsTransaction,
    PointsEntry,
    PointsLot,
    PointsTaking,
    PointsLevel,
    PointsMember,
    PointsLevelChange,
    PointsReward,
    PointsRedemption,
    PointsMonth,
    PointsFigure,
    PointsRecommendation,
)
