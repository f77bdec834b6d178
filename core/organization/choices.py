"""Closed lists of values of the organisation; a member's value is its name in words."""

from __future__ import annotations

import enum

from core.text import Text


class DepartmentKind(enum.Enum):
    """What a department does (ACC-7)."""

    LEADING_GROUP = Text("leading group", "领导小组")
    MARKETING = Text("marketing", "市场营销部")
    SALES = Text("sales", "销售部")
    KEY_ACCOUNTS = Text("key accounts", "大客户部")
    CUSTOMER_SERVICE = Text("customer service", "客户服务部")
    TECHNICAL_SUPPORT = Text("technical support", "技术支持部")
    FINANCE = Text("finance", "财务部")
    LEGAL = Text("legal", "法务部")
    OTHER = Text("other", "其他部门")
