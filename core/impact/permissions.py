"""What can be asked of the dry run; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

TEST_CHANGE = Permission(
    "PolicyChange",
    "test",
    Text("try a change of the policies on the data that there are", "以现有数据试算策略变更"),
)

ALL = (TEST_CHANGE,)
