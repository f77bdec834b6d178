"""What can be asked about reviews; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

DECIDE = Permission(
    "AccessReview", "decide", Text("decide on the rights that a review looks over", "在权限审查中作出决定")
)
DECIDE_RAISED = Permission(
    "AccessReview",
    "decideRaised",
    Text(
        "decide where a review is overdue, or nobody in the department may",
        "在审查逾期或部门内无人可决定时作出决定",
    ),
)

ALL = (DECIDE, DECIDE_RAISED)
