"""The company: departments and employees, every role of the policies held by somebody (ACC-7)."""

from __future__ import annotations

import datetime as dt

from core.demo.stage import Employee, Stage, table
from core.ids import global_id
from core.organization.choices import DepartmentKind
from core.organization.models import Department, EmployeeRole
from core.organization.models import Employee as EmployeeRow

YEARS = 12


async def make_company(stage: Stage) -> None:
    """Departments from `departments.csv`, parents first; an employee for each line of `staff.csv`."""
    founded = stage.now - dt.timedelta(days=365 * YEARS)
    for line in table("departments.csv"):
        key = stage.departments[line["name"]] = stage.ids.new()
        kind = stage.kinds[line["name"]] = DepartmentKind[line["kind"]]
        parent = stage.departments.get(line["parent"])
        row = {"id": key, "name": line["name"], "kind": kind, "parent_id": parent, "created_at": founded}
        await stage.insert(Department, [row])
    rows, roles = [], []
    for number, line in enumerate(table("staff.csv"), 1):
        place = line["department"]
        employee = Employee(stage.ids.new(), stage.departments[place], stage.kinds[place])
        roles.append({"employee_id": employee.id, "role": line["role"]})
        stage.staff.append(employee)
        joined = stage.today - dt.timedelta(days=stage.invent.chance.randint(90, 365 * YEARS))
        rows.append(
            {
                "id": employee.id,
                "name": stage.invent.person(),
                "staff_number": f"E{number:03d}",
                "subject": global_id("emp", employee.id),
                "department_id": employee.department,
                "title": line["title"],
                "phone": stage.invent.phone(),
                "email": f"e{number:03d}@example.com",
                "joined_on": joined,
                "created_at": dt.datetime.combine(joined, dt.time(9), stage.settings.zone),
            }
        )
    await stage.insert(EmployeeRow, rows)
    await stage.insert(EmployeeRole, roles)
