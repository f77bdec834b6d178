"""What can be asked about emergencies; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

OPEN_EMERGENCY = Permission(
    "Emergency",
    "open",
    Text("break the glass: rights for minutes, with a reason", "紧急授权：说明原因后限时获权"),
)
REVIEW_EMERGENCY = Permission(
    "Emergency", "review", Text("end and review what others opened", "终止并复核他人的紧急授权")
)

ALL = (OPEN_EMERGENCY, REVIEW_EMERGENCY)
