"""Departments and employees (ACC-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from core.audit import models as audit
from core.customers import models as customers
from core.organization import models
from core.organization.choices import DepartmentKind
from core.qualifications import models as qualifications
from core.reviews import models as reviews
from schema.types.qualifications import EmployeeQualification
from schema.vocabulary import (
    Connection,
    DateTime,
    Node,
    Relation,
    ascending,
    descending,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.enums import expose
from schema.vocabulary.scalars import Day

if TYPE_CHECKING:
    from schema.types.audit import AuditDigest, AuditRecord
    from schema.types.customers import Customer

expose(DepartmentKind)


@strawberry.type(description="A part of the company; departments form a tree.")
class Department(Node):
    """GraphQL form of `core.organization.models.Department`."""

    name: str = stored(models.Department.name)
    kind: DepartmentKind = stored(models.Department.kind)
    created_at: DateTime = stored(models.Department.created_at)
    parent: Department | None = to_one(models.Department.parent_id)
    children: Connection[Department] = to_many(
        models.Department.parent_id, "The departments directly below.", order=[ascending("name")]
    )
    employees: Connection[Employee] = to_many(
        models.Employee.department_id, "The employees of this department itself.", order=[ascending("name")]
    )


@strawberry.type(description="A person who works for the company and may sign in.")
class Employee(Node):
    """GraphQL form of `core.organization.models.Employee`."""

    viewer_relation: list[Relation] = viewer_relation()
    name: str = stored(models.Employee.name)
    staff_number: str = stored(models.Employee.staff_number)
    subject: str | None = stored(models.Employee.subject)
    title: str | None = stored(models.Employee.title)
    phone: str | None = stored(models.Employee.phone)
    email: str | None = stored(models.Employee.email)
    joined_on: Day | None = stored(models.Employee.joined_on)
    leaves_on: Day | None = stored(models.Employee.leaves_on)
    suspended_at: DateTime | None = stored(models.Employee.suspended_at)
    suspension_reason: str | None = stored(models.Employee.suspension_reason)
    created_at: DateTime | None = stored(models.Employee.created_at)
    department: Department | None = to_one(models.Employee.department_id)
    roles: Connection[EmployeeRole] = to_many(
        models.EmployeeRole.employee_id, "The roles that the employee may act in.", order=[ascending("role")]
    )
    qualifications: Connection[EmployeeQualification] = to_many(
        qualifications.EmployeeQualification.employee_id,
        "What the employee signed, passed or learnt, what counts no more included; latest first.",
        order=[descending("obtainedOn")],
    )
    customers: Connection[Annotated[Customer, strawberry.lazy("schema.types.customers")]] = to_many(
        customers.Customer.owner_id,
        "The customers that the employee is responsible for.",
        order=[ascending("name")],
    )
    audit: Connection[Annotated[AuditRecord, strawberry.lazy("schema.types.audit")]] = to_many(
        audit.AuditRecord.employee_id,
        "What the employee read and did, latest first.",
        order=[descending("id")],
    )
    audit_digests: Connection[Annotated[AuditDigest, strawberry.lazy("schema.types.audit")]] = to_many(
        reviews.AuditDigest.employee_id,
        "What the employee read week by week, latest first.",
        order=[descending("week")],
    )


@strawberry.type(description="A role that an employee may act in; the policies say what the role may do.")
class EmployeeRole(Node):
    """GraphQL form of `core.organization.models.EmployeeRole`."""

    viewer_relation: list[Relation] = viewer_relation()
    role: str | None = stored(models.EmployeeRole.role)
    employee: Employee | None = to_one(models.EmployeeRole.employee_id)
