"""Words that several rooms say."""

from __future__ import annotations

from schema.plugin import Text

CUSTOMER = Text("customer", "客户")
LEVEL = Text("level", "等级")
PURCHASE = Text("purchase", "购买")
ORDER = Text("it can't end before it starts", "结束时间不可早于开始时间")
ENDED = Text("this lies in the past", "时间已过")
REQUIRED = Text("a value is needed here", "此处必须填写")
NO_CURRENCY = Text(
    "no currency of ISO 4217; write its code, such as CNY", "不是 ISO 4217 币种代码，请写作 CNY 等"
)
