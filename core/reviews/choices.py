"""Closed lists of values of digests and reviews."""

from __future__ import annotations

import enum

from core.text import Text


class DigestFlag(enum.Enum):
    """What in a week somebody should look at; `core.reviews.flags` says when."""

    BULK_FOREIGN = Text("read a great many customers of others", "大量读取他人的客户")
    EXPORT_BEFORE_LEAVING = Text("exported shortly before leaving", "离职前不久曾导出")
    NO_PURPOSE = Text("read without saying for what, unlike the others", "与他人不同，读取时未申报用途")
    UNUSUAL_HOURS = Text("read outside working hours", "在工作时间之外读取")
    MANY_REFUSALS = Text("was refused again and again", "屡次被拒绝")


class ReviewState(enum.Enum):
    """How far a review is."""

    OPEN = Text("waits for decisions", "待决定")
    OVERDUE = Text("waits longer than it should", "已逾期")
    CLOSED = Text("everything is decided", "已结束")


class ReviewDecision(enum.Enum):
    """What becomes of a right."""

    KEEP = Text("it stays", "保留")
    CHANGE = Text("another rule takes its place", "变更")
    REMOVE = Text("it goes", "移除")
