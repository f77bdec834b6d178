"""What can be asked about qualifications; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

RECORD_QUALIFICATION = Permission(
    "EmployeeQualification",
    "record",
    Text("record what other employees signed, passed or learnt", "登记其他员工的资质"),
)
REVOKE_QUALIFICATION = Permission(
    "EmployeeQualification", "revoke", Text("revoke employees' qualifications", "撤销员工的资质")
)

ALL = (RECORD_QUALIFICATION, REVOKE_QUALIFICATION)
