"""Closed lists of values of the consents; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class ConsentChannel(enum.Enum):
    """How a customer said it."""

    IN_PERSON = Text("in person", "当面")
    PAPER = Text("on paper", "纸质文件")
    PHONE = Text("by phone", "电话")
    SMS = Text("by SMS", "短信")
    EMAIL = Text("by e-mail", "邮件")
    WECHAT = Text("over WeChat", "微信")
    WEBSITE = Text("on the website", "网站")
    APP = Text("in the app", "应用程序")
