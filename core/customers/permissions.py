"""What can be asked about customers; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

CREATE_CUSTOMER = Permission("Customer", "create", Text("enter customers", "新建客户"))
UPDATE_CUSTOMER = Permission("Customer", "update", Text("change customers' data", "修改客户资料"))
ASSIGN_CUSTOMER = Permission(
    "Customer", "assign", Text("hand customers over: owner, department, team", "移交客户：负责人、部门、团队")
)
RECORD_PURCHASE = Permission("Purchase", "record", Text("record purchases", "登记购买"))
RECORD_INTERACTION = Permission("Interaction", "record", Text("record interactions", "登记互动"))
RECORD_PREFERENCE = Permission("Preference", "record", Text("record preferences", "登记偏好"))

ALL = (
    CREATE_CUSTOMER,
    UPDATE_CUSTOMER,
    ASSIGN_CUSTOMER,
    RECORD_PURCHASE,
    RECORD_INTERACTION,
    RECORD_PREFERENCE,
)
