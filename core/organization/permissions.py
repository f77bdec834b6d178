"""What can be asked about the organisation; `policies/` says who gets yes (ACC-1)."""

from __future__ import annotations

from core.access.guard import Permission
from core.text import Text

CREATE_DEPARTMENT = Permission("Department", "create", Text("enter departments", "新建部门"))
UPDATE_DEPARTMENT = Permission("Department", "update", Text("rename and move departments", "修改与调整部门"))
CREATE_EMPLOYEE = Permission("Employee", "create", Text("enter employees", "新建员工"))
UPDATE_EMPLOYEE = Permission("Employee", "update", Text("change what is known of employees", "修改员工资料"))
ASSIGN_EMPLOYEE = Permission(
    "Employee",
    "assign",
    Text("give employees roles, a department, a sign-in", "分配员工的角色、部门与登录标识"),
)
SUSPEND_EMPLOYEE = Permission(
    "Employee", "suspend", Text("suspend employees' permissions and restore them", "暂停与恢复员工权限")
)

ALL = (
    CREATE_DEPARTMENT,
    UPDATE_DEPARTMENT,
    CREATE_EMPLOYEE,
    UPDATE_EMPLOYEE,
    ASSIGN_EMPLOYEE,
    SUSPEND_EMPLOYEE,
)
