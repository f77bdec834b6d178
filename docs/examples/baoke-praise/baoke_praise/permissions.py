"""The acts that the service asks for; `grants.csv` suggests who may."""

from __future__ import annotations

from schema.plugin import Permission, Text

RECORD = Permission("PraiseReview", "record", Text("record a review", "登记评价"))
CORRECT = Permission("PraiseReview", "correct", Text("correct a review", "更正评价"))
CLOSE = Permission("PraiseRequest", "close", Text("close a request for a review", "关闭邀评"))

ALL = (RECORD, CORRECT, CLOSE)
