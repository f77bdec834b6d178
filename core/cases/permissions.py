"""What can be asked about cases; `policies/` says who gets yes. Opening one is `suspend` on the employee."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

LEAD_CASE = Permission(
    "AbuseCase", "lead", Text("write down what the employee says to a case", "记录当事员工的陈述")
)
DECIDE_CASE = Permission(
    "AbuseCase", "decide", Text("decide on a case that somebody else opened", "裁决他人立案的案件")
)

ALL = (LEAD_CASE, DECIDE_CASE)
