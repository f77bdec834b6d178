"""What can be asked about activities; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

CREATE_ACTIVITY = Permission("Activity", "create", Text("plan activities", "策划活动"))
RECORD_PARTICIPATION = Permission(
    "Participation",
    "record",
    Text("register customers for activities and note what they say", "登记客户参加活动及其反馈"),
)

ALL = (CREATE_ACTIVITY, RECORD_PARTICIPATION)
