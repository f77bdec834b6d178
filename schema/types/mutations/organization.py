"""Changes of departments and employees (ACC-7)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.organization import models
from core.organization.choices import DepartmentKind
from core.organization.errors import NobodyLeft, NotYourself, OwnAncestor, UnknownRole
from core.organization.service import OrganizationService
from schema.types.organization import Department, Employee
from schema.vocabulary.mutations import Call, Input, accepts, accepts_id, changed, key_in, mutation, values_of
from schema.vocabulary.scalars import Day


def _service(call: Call) -> OrganizationService:
    call.people_changed()
    return OrganizationService(call.work, call.viewer, call.policies.current)


@strawberry.input(description="A department to be entered.")
class CreateDepartmentInput(Input):
    """Name and kind are required."""

    name: str = accepts(models.Department.name, required=True)
    kind: DepartmentKind = accepts(models.Department.kind, required=True)
    parent_id: strawberry.ID | None = accepts(models.Department.parent_id)


@strawberry.type(description="The department that was entered.")
class CreateDepartmentPayload:
    """Payload of createDepartment."""

    department: Department | None = changed(models.Department, "The department.")


@mutation(CreateDepartmentPayload, "Enter a department.")
async def create_department(call: Call, given: CreateDepartmentInput) -> dict[str, Any]:
    """ACC-7."""
    return {"department": (await _service(call).create_department(values_of(given))).id}


@strawberry.input(description="Changes of a department; what is left out stays.")
class UpdateDepartmentInput(Input):
    """Renames, or moves it with all that is below."""

    id: strawberry.ID = accepts_id(models.Department, "The department.")
    name: str | None = accepts(models.Department.name)
    kind: DepartmentKind | None = accepts(models.Department.kind)
    parent_id: strawberry.ID | None = accepts(
        models.Department.parent_id, "The department above; null moves it to the top."
    )


@strawberry.type(description="The department that was changed.")
class UpdateDepartmentPayload:
    """Payload of updateDepartment."""

    department: Department | None = changed(models.Department, "The department as it is now.")


@mutation(UpdateDepartmentPayload, "Rename a department, or move it with all that is below it.", OwnAncestor)
async def update_department(call: Call, given: UpdateDepartmentInput) -> dict[str, Any]:
    """ACC-7."""
    return {"department": (await _service(call).update_department(key_in(given, "id"), values_of(given))).id}


@strawberry.input(description="What can be said of an employee.")
class EmployeeFields(Input):
    """The fields that creating and updating share."""

    subject: str | None = accepts(models.Employee.subject)
    title: str | None = accepts(models.Employee.title)
    phone: str | None = accepts(models.Employee.phone)
    email: str | None = accepts(models.Employee.email)
    joined_on: Day | None = accepts(models.Employee.joined_on)
    leaves_on: Day | None = accepts(models.Employee.leaves_on)
    roles: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Names of the roles that the employee may act in, all of them; "
        "as the policies declare them.",
    )


def _values(given: EmployeeFields) -> dict[str, Any]:
    roles = {} if given.roles is strawberry.UNSET else {"roles": given.roles}
    return values_of(given) | roles


@strawberry.input(description="An employee to be entered.")
class CreateEmployeeInput(EmployeeFields):
    """Name, number and department are required."""

    name: str = accepts(models.Employee.name, required=True)
    staff_number: str = accepts(models.Employee.staff_number, required=True)
    department_id: strawberry.ID = accepts(models.Employee.department_id, required=True)


@strawberry.type(description="The employee who was entered.")
class CreateEmployeePayload:
    """Payload of createEmployee."""

    employee: Employee | None = changed(models.Employee, "The employee; null where not visible to you.")


@mutation(CreateEmployeePayload, "Enter an employee.", NobodyLeft, UnknownRole)
async def create_employee(call: Call, given: CreateEmployeeInput) -> dict[str, Any]:
    """ACC-7."""
    return {"employee": (await _service(call).create_employee(_values(given))).id}


@strawberry.input(description="Changes of an employee; what is left out stays, null clears.")
class UpdateEmployeeInput(EmployeeFields):
    """Also moves an employee to another department, or gives other roles."""

    id: strawberry.ID = accepts_id(models.Employee, "The employee.")
    name: str | None = accepts(models.Employee.name)
    staff_number: str | None = accepts(models.Employee.staff_number)
    department_id: strawberry.ID | None = accepts(models.Employee.department_id)


@strawberry.type(description="The employee who was changed.")
class UpdateEmployeePayload:
    """Payload of updateEmployee."""

    employee: Employee | None = changed(
        models.Employee, "The employee as it is now; null where not visible to you any more."
    )


@mutation(
    UpdateEmployeePayload,
    "Change an employee, move one to another department, or give other roles.",
    NobodyLeft,
    NotYourself,
    UnknownRole,
)
async def update_employee(call: Call, given: UpdateEmployeeInput) -> dict[str, Any]:
    """ACC-7."""
    return {"employee": (await _service(call).update_employee(key_in(given, "id"), _values(given))).id}


MUTATIONS = (
    create_department,
    update_department,
    create_employee,
    update_employee,
)
