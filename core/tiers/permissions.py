"""What can be asked about tiers; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

SET_THRESHOLDS = Permission(
    "TierScheme", "update", Text("set the thresholds of a tier scheme", "设置分层阈值")
)
REGRADE = Permission("TierScheme", "regrade", Text("grade all customers anew", "重新评定全部客户"))
ASSIGN_TIER = Permission(
    "TierAssignment", "assign", Text("put a customer into a tier by hand", "人工指定客户层级")
)

ALL = (SET_THRESHOLDS, REGRADE, ASSIGN_TIER)
