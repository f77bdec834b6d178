"""Closed lists of values of the customer archive; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class CustomerKind(enum.Enum):
    """Whether the customer is a person or a company (CUS-1)."""

    PERSON = Text("person", "个人")
    COMPANY = Text("company", "企业")


class Source(enum.Enum):
    """Where a record came from (CUS-2)."""

    ACTIVITY = Text("activity", "活动")
    BUSINESS_CONTACT = Text("business contact", "业务往来")
    PURCHASE = Text("purchase", "购买")
    MARKET_RESEARCH = Text("market research", "市场调研")
    PARTNER = Text("partner", "合作伙伴")
    WEB = Text("web", "网络")
    SOCIAL_MEDIA = Text("social media", "社交媒体")
    REFERRAL = Text("referral", "客户推荐")


class Collection(enum.Enum):
    """How a record was collected (CUS-2)."""

    PAPER_FORM = Text("paper form", "纸质表单")
    WEBSITE = Text("website", "网站")
    WECHAT = Text("WeChat", "微信")
    APP = Text("app", "应用程序")
    STAFF = Text("staff", "员工录入")
    IMPORT = Text("import", "批量导入")


class Channel(enum.Enum):
    """How a customer is reached (CUS-10)."""

    SMS = Text("SMS", "短信")
    EMAIL = Text("e-mail", "邮件")
    PHONE = Text("phone", "电话")
    WECHAT = Text("WeChat", "微信")


class CompanySize(enum.Enum):
    """Size of a company (CUS-8)."""

    MICRO = Text("micro", "微型")
    SMALL = Text("small", "小型")
    MEDIUM = Text("medium", "中型")
    LARGE = Text("large", "大型")


class InteractionKind(enum.Enum):
    """What sort of contact there was with a customer (CUS-1)."""

    CALL = Text("call", "电话")
    VISIT = Text("visit", "拜访")
    MESSAGE = Text("message", "消息")
    EMAIL = Text("e-mail", "邮件")
    MEETING = Text("meeting", "会议")
    COMPLAINT = Text("complaint", "投诉")
    SERVICE = Text("service", "服务")
    OTHER = Text("other", "其他")
