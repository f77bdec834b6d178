"""What can be asked about consents; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

RECORD_CONSENT = Permission(
    "Consent",
    "record",
    Text("record customers' consents, and that they withdrew them", "登记客户的同意与撤回"),
)

ALL = (RECORD_CONSENT,)
