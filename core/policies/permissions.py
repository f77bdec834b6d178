"""What can be asked about policies; the policies themselves say who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

PROPOSE_CHANGE = Permission(
    "PolicyChange",
    "propose",
    Text("propose changes of the policies, and withdraw them", "提出与撤回策略变更"),
)
APPROVE_CHANGE = Permission(
    "PolicyChange", "approve", Text("approve or reject what somebody else proposed", "审批他人提出的策略变更")
)
APPLY_CHANGE = Permission(
    "PolicyChange", "apply", Text("put an approved change in force", "使已批准的策略变更生效")
)
ROLL_BACK = Permission("PolicyVersion", "rollBack", Text("go back to the version before", "回退到上一版策略"))

ALL = (PROPOSE_CHANGE, APPROVE_CHANGE, APPLY_CHANGE, ROLL_BACK)
