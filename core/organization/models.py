"""Tables of the organisation (ACC-7)."""

from __future__ import annotations

import sqlalchemy as sa

from core.access.relations import Anchor, Via
from core.db.model import Model, column, key_column, reference
from core.db.normal import EMAIL, PHONE
from core.db.sealing import sealed
from core.db.sensitivity import CONTACT, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime
from core.organization.choices import DepartmentKind


class Department(Model):
    """A part of the company; departments form a tree."""

    __tablename__ = "departments"
    __prefix__ = "dep"

    id = key_column()
    name = column(Text, PUBLIC, "Name of the department.", nullable=False, search=True)
    kind = column(Choice(DepartmentKind), PUBLIC, "What the department does.", nullable=False)
    parent_id = reference("departments.id", PUBLIC, "The department above; null at the top.")
    created_at = column(UtcTime, PUBLIC, "When the department was entered.", nullable=False)


class Employee(Model):
    """A person who works for the company and may sign in."""

    __tablename__ = "employees"
    __prefix__ = "emp"
    __access__ = Anchor(own="id", department="department_id")

    id = key_column()
    name = column(Text, PUBLIC, "Name of the employee.", nullable=False, search=True)
    staff_number = column(
        Text, PUBLIC, "Number by which the company knows the employee; unique.", nullable=False, unique=True
    )
    subject = column(
        Text,
        INTERNAL,
        "The `sub` of the employee's tokens; the employee's own id unless set.",
        nullable=False,
        unique=True,
    )
    department_id = reference(
        "departments.id", PUBLIC, "The department that the employee belongs to.", nullable=False
    )
    title = column(Text, INTERNAL, "Job title.")
    phone = sealed(CONTACT, PHONE, "Phone number of the employee.")
    email = sealed(CONTACT, EMAIL, "E-mail address of the employee.")
    joined_on = column(sa.Date, INTERNAL, "First day with the company.")
    leaves_on = column(sa.Date, PERSONAL, "Last day with the company, once it is known.")
    suspended_at = column(
        UtcTime, PERSONAL, "Since when the employee's permissions are suspended; null while they hold."
    )
    suspension_reason = column(Text, PERSONAL, "Why the permissions are suspended.")
    created_at = column(UtcTime, INTERNAL, "When the employee was entered.", nullable=False)


class EmployeeRole(Model):
    """A role that an employee may act in; `policies/` says what the role may do."""

    __tablename__ = "employee_roles"
    __prefix__ = "rol"
    __access__ = Via("employee_id")
    __table_args__ = (sa.UniqueConstraint("employee_id", "role"),)

    id = key_column()
    employee_id = reference(
        "employees.id", PUBLIC, "The employee.", on_delete="CASCADE", nullable=False, index=False
    )
    role = column(Text, INTERNAL, "Name of the role, as declared in the policies.", nullable=False)
