"""What can be asked about assessments; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

RECORD_ASSESSMENT = Permission("Assessment", "record", Text("enter assessments by hand", "手工录入考核"))

ALL = (RECORD_ASSESSMENT,)
