"""What may be done to customers (CUS-1, CUS-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import allowed_in, allowed_on, allowed_somewhere, cell_of
from core.access.writing import add, change
from core.audit.choices import AuditKind
from core.audit.records import record
from core.customers import permissions
from core.customers.choices import Collection, Source
from core.customers.duplicates import refuse_duplicate
from core.customers.events import CustomerCreated, CustomerUpdated
from core.customers.models import Customer, CustomerMember
from core.customers.records import CUSTOMER, FUTURE, Records
from core.db.model import camel
from core.errors import Conflict, InvalidInput
from core.events.publish import publish
from core.organization.models import Department, Employee
from core.text import Text

EMPLOYEE = Text("employee", "员工")
DEPARTMENT = Text("department", "部门")
NUMBER_TAKEN = Text("another customer has this number", "另一位客户已使用此编号")
PLACE = frozenset({"owner_id", "department_id"})
FIRST_ZONE = dt.timedelta(hours=14)  # where a day begins first, ahead of UTC


@dataclass(frozen=True)
class CustomerService(Records):
    """The customer archive, as one caller may change it. `currency` is the company's."""

    currency: str

    async def create(self, values: Mapping[str, Any], *, duplicate: bool = False) -> Customer:
        """Enter a customer. `duplicate`: the caller knows that another one has the same phone, say.

        Owner unless given: the caller; department: the owner's; number: made from the key. That a number is
        taken is told to everybody (CONFLICT), for numbers are public and have to be unique.
        """
        allowed_somewhere(self.viewer, permissions.CREATE_CUSTOMER)
        key, now = self.work.ids.new(), self.work.clock.now()
        owner = values.get("owner_id", self.viewer.employee)
        await self._check(values)
        row = Customer(
            id=key,
            number=f"C{key.hex[-12:].upper()}",
            owner_id=owner,
            department_id=await self.work.session.scalar(
                sa.select(Employee.department_id).where(Employee.id == owner)
            ),
            source=Source.BUSINESS_CONTACT,
            collected_by=Collection.STAFF,
            spend_minor=0,
            spend_currency=self.currency,
            purchase_count=0,
            created_at=now,
            updated_at=now,
        )
        with _number_taken():
            await add(self.work, self.viewer, permissions.CREATE_CUSTOMER, row, values)
        if not duplicate:
            await refuse_duplicate(self.work, self.viewer, row, values)
        await publish(self.work, CustomerCreated(customer_id=key))
        return row

    async def update(self, key: UUID, changes: Mapping[str, Any], *, duplicate: bool = False) -> Customer:
        """Change what is given; None clears. Owner and department ask for `assign`."""
        allowed_somewhere(self.viewer, permissions.UPDATE_CUSTOMER)
        if place := sorted(PLACE & changes.keys()):
            cell = await cell_of(self.work, self.viewer, Customer, key, CUSTOMER)
            allowed_in(self.viewer, permissions.ASSIGN_CUSTOMER, cell, camel(place[0]))
        await self._check(changes)
        at = (Customer, key, CUSTOMER)
        with _number_taken():
            row = await change(self.work, self.viewer, permissions.UPDATE_CUSTOMER, at, changes)
        row.updated_at = self.work.clock.now()
        if not duplicate:
            await refuse_duplicate(self.work, self.viewer, row, changes)
        await self._updated(key, *(camel(name) for name in sorted(changes)))
        return row

    async def set_team(self, key: UUID, employees: Iterable[UUID]) -> None:
        """Exactly these employees are in the customer's team."""
        allowed_somewhere(self.viewer, permissions.ASSIGN_CUSTOMER)
        session, team = self.work.session, sorted(set(employees))
        await allowed_on(
            self.work, self.viewer, permissions.ASSIGN_CUSTOMER, Customer, key, CUSTOMER, "customerId"
        )
        for employee in team:
            await cell_of(self.work, self.viewer, Employee, employee, EMPLOYEE, "employeeIds")
        before = await session.scalars(
            sa.delete(CustomerMember)
            .where(CustomerMember.customer_id == key)
            .returning(CustomerMember.employee_id)
        )
        await record(
            self.work,
            self.viewer,
            AuditKind.WRITE,
            about="Customer",
            row_id=key,
            fields=["Customer.team"],
            customers=[key],
            before={"team": sorted(before)},
            after={"team": team},
        )
        session.add_all(
            CustomerMember(id=self.work.ids.new(), customer_id=key, employee_id=employee) for employee in team
        )
        await session.flush()
        await self._updated(key, "team")

    async def _updated(self, key: UUID, *fields: str) -> None:
        await publish(self.work, CustomerUpdated(customer_id=key, fields=fields))

    async def _check(self, values: Mapping[str, Any]) -> None:
        """NOT_FOUND for an owner or department that the caller doesn't see; nobody is born tomorrow."""
        if (birthday := values.get("birthday")) and birthday > (self.work.clock.now() + FIRST_ZONE).date():
            raise InvalidInput("birthday", FUTURE)
        if owner := values.get("owner_id"):
            await cell_of(self.work, self.viewer, Employee, owner, EMPLOYEE, "ownerId")
        if department := values.get("department_id"):
            await cell_of(self.work, self.viewer, Department, department, DEPARTMENT, "departmentId")


@contextmanager
def _number_taken() -> Iterator[None]:
    """Says what a CONFLICT about the number is: numbers are public, so it may be said."""
    try:
        yield
    except Conflict as error:
        raise Conflict(error.field, NUMBER_TAKEN if error.field == "number" else None) from None
