"""Closed lists of values of the activities; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class ActivityKind(enum.Enum):
    """What sort of activity it is (ACT-3)."""

    PRODUCT_LAUNCH = Text("new-product launch", "新品发布会")
    THANK_YOU = Text("thank-you event", "答谢会")
    FESTIVAL = Text("festival promotion", "节日促销")
    THEME = Text("theme event", "主题活动")
    REWARD = Text("customer reward", "客户回馈")
    SEMINAR = Text("seminar", "研讨会")
    LECTURE = Text("lecture", "讲座")
    COMMUNITY = Text("online community", "线上社群")
    CLUB = Text("club", "俱乐部")


class ActivityStatus(enum.Enum):
    """Where an activity stands (ACT-11)."""

    DRAFT = Text("draft", "草稿")
    IN_REVIEW = Text("in review", "审批中")
    APPROVED = Text("approved", "已批准")
    PREPARING = Text("preparing", "筹备中")
    RUNNING = Text("running", "进行中")
    FOLLOWING_UP = Text("following up", "跟进中")
    EVALUATED = Text("evaluated", "已评估")
    CANCELLED = Text("cancelled", "已取消")


class ParticipationStatus(enum.Enum):
    """Whether a customer came (ACT-8)."""

    REGISTERED = Text("registered", "已报名")
    ATTENDED = Text("attended", "已到场")
    ABSENT = Text("absent", "未到场")
