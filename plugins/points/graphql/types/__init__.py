"""The GraphQL forms of the points' tables."""

from plugins.points.graphql.types.analysis import PointsFigure, PointsMonth, PointsRecommendation
from plugins.points.graphql.types.ledger import (
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsRule,
    PointsTaking,
    PointsTransaction,
)
from plugins.points.graphql.types.membership import PointsLevel, PointsLevelChange, PointsMember
from plugins.points.graphql.types.rewards import PointsRedemption, PointsReward

__all__ = [
    "ROWS",
    "PointsAccount",
    "PointsEntry",
    "PointsFigure",
    "PointsLevel",
    "PointsLevelChange",
    "PointsLot",
    "PointsMember",
    "PointsMonth",
    "PointsRecommendation",
    "PointsRedemption",
    "PointsReward",
    "PointsRule",
    "PointsTaking",
    "PointsTransaction",
]

ROWS = (
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
