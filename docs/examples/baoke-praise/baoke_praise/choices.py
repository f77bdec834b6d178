"""Closed lists of values; a member's value is its name in words."""

from __future__ import annotations

import enum

from schema.plugin import Text


class PraiseChannel(enum.Enum):
    """Where a customer spoke of us."""

    DIANPING = Text("Dianping", "大众点评")
    WECHAT = Text("WeChat", "微信")
    DOUYIN = Text("Douyin", "抖音")
    TAOBAO = Text("Taobao", "淘宝")
    JD = Text("JD.com", "京东")
    OFFLINE = Text("in person", "线下")


class PraiseOutcome(enum.Enum):
    """What came of a request for a review."""

    REVIEWED = Text("the customer wrote a review", "客户已评价")
    ASKED = Text("the customer was asked", "已邀请客户")
    DECLINED = Text("the customer does not want to", "客户婉拒")
    UNREACHED = Text("the customer could not be reached", "未能联系到客户")
