"""What can be asked about explanations; `policies/` says who gets yes. About oneself everybody may ask."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

EXPLAIN_ACCESS = Permission(
    "Employee",
    "explain",
    Text("ask what employees and roles may see and do, and why", "查询员工与角色的权限及其原因"),
)

ALL = (EXPLAIN_ACCESS,)
