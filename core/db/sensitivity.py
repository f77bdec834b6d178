"""Sensitivity classes: what kind of information a column holds.

Policies speak of these, not of columns (BEY-6).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.text import Text


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A class of information. A plugin makes its own by making one of these and using it on a column."""

    name: str
    about: Text


PUBLIC = Sensitivity(
    "public",
    Text("shown to whoever may see the row; no rule can hide it", "凡能看到该行者均可见，任何规则不可隐藏"),
)
INTERNAL = Sensitivity(
    "internal",
    Text("working data of the company: owner, source, dates", "公司内部工作数据：负责人、来源、日期"),
)
CONTACT = Sensitivity(
    "contact",
    Text("ways to reach a person: phone, e-mail, WeChat, address", "联系方式：电话、邮箱、微信、地址"),
)
IDENTITY = Sensitivity("identity", Text("papers that prove who somebody is", "身份证件信息"))
PERSONAL = Sensitivity(
    "personal", Text("a person's life: birthday, notes, preferences", "个人情况：生日、备注、偏好")
)
COMMERCIAL = Sensitivity("commercial", Text("what somebody buys and spends", "消费与交易情况"))
ASSESSMENT = Sensitivity(
    "assessment", Text("judgements: satisfaction, scores, grades", "评价：满意度、得分、等级")
)
AUDIT = Sensitivity("audit", Text("who looked at what, and who did what when", "谁查看了什么、何时做了什么"))

CORE_CLASSES = (PUBLIC, INTERNAL, CONTACT, IDENTITY, PERSONAL, COMMERCIAL, ASSESSMENT, AUDIT)
UNRECORDED = frozenset({"public", "internal", "audit"})
"""Names of the classes whose reading leaves no audit record; every other one, plugins' too, is sensitive."""
