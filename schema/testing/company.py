"""A small company: two departments, two employees for each role of the policies, customers with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.access.rules import EVERYONE
from core.customers.choices import Collection, CustomerKind, Source
from core.customers.models import Customer
from core.customers.service import CustomerService
from core.db.database import Database, UnitOfWork
from core.ids import global_id, key_of
from core.organization.choices import DepartmentKind
from core.organization.models import Department, Employee, EmployeeRole
from core.runtime import operator
from schema.application import Application

EAST, WEST = "east", "west"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
STRANGERS = ("欧阳明", "上官云")
"""Customers of the western department that nobody owns."""
PHONE = 13_800_138_000
BOUGHT = (12_800, 39_900)
"""What every owned customer has bought, in minor units."""
CURRENCY = "CNY"


@dataclass(frozen=True)
class Cast:
    """Who is there: keys by name. `owned`: the customer of each employee of the east."""

    departments: Mapping[str, UUID]
    employees: Mapping[str, UUID]
    roles: Mapping[str, str]
    customers: Mapping[str, UUID]
    owned: Mapping[str, str]


@dataclass(frozen=True)
class Company:
    """The company behind an application.

    Each role has an employee in the east, whose subject is called like the role, and one in the west
    (`<role>_west`). Every employee of the east owns one customer there; two in the west belong to nobody.
    """

    app: Application
    cast: Cast

    @property
    def names(self) -> list[str]:
        """The customers' names."""
        return list(self.cast.customers)

    @property
    def stranger(self) -> str:
        """The global id of a customer whom nobody owns, in the west."""
        return self.customer(STRANGERS[0])

    def customer(self, name: str) -> str:
        """The global id of a customer."""
        return global_id("cus", self.cast.customers[name])

    def customer_of(self, employee: str) -> str:
        """The global id of the customer whom an employee of the east owns."""
        return self.customer(self.cast.owned[employee])

    def employee(self, subject: str) -> str:
        """The global id of an employee."""
        return global_id("emp", self.cast.employees[subject])

    def key(self, global_id: str) -> UUID:
        """The key in a global id, as services take it."""
        return key_of(global_id, global_id.partition("_")[0])

    async def purchase(self, customer: str, minor: int = 10_000, **values: Any) -> str:
        """Record a purchase of the customer with this global id, now; its global id."""
        async with self.app.database.unit_of_work() as work:
            key = await _buy(work, self.key(customer), minor, values, f"P-{work.ids.new().hex[-8:]}")
            return global_id("pur", key)


async def found(database: Database, roles: Iterable[str]) -> Cast:
    """Fill an empty, migrated database."""
    roles = sorted({*roles} - {EVERYONE})
    async with database.unit_of_work() as work:
        departments = {name: await _department(work, name) for name in (EAST, WEST)}
        people = {
            f"{role}{'_west' * (place == WEST)}": (role, place) for role in roles for place in (EAST, WEST)
        }
        employees = {
            subject: await _employee(work, subject, role, departments[place])
            for subject, (role, place) in people.items()
        }
        customers: dict[str, UUID] = {}
        owned: dict[str, str] = {}
        for number, role in enumerate(roles):
            name = f"{SURNAMES[number % len(SURNAMES)]}{'小大'[number // len(SURNAMES) % 2]}明"
            customers[name] = await _customer(work, name, number, employees[role], departments[EAST])
            owned[role] = name
            for place, minor in enumerate(BOUGHT):
                await _buy(work, customers[name], minor, {}, f"A-{number}-{place}")
        for number, name in enumerate(STRANGERS, start=len(roles)):
            customers[name] = await _customer(work, name, number, None, departments[WEST])
    held = {subject: role for subject, (role, _) in people.items()}
    return Cast(departments, employees, held, customers, owned)


async def _department(work: UnitOfWork, name: str) -> UUID:
    key = work.ids.new()
    work.session.add(Department(id=key, name=name, kind=DepartmentKind.SALES, created_at=work.clock.now()))
    await work.session.flush()
    return key


async def _employee(work: UnitOfWork, subject: str, role: str, department: UUID) -> UUID:
    key = work.ids.new()
    work.session.add(
        Employee(
            id=key,
            name=subject,
            staff_number=subject,
            subject=subject,
            department_id=department,
            created_at=work.clock.now(),
        )
    )
    await work.session.flush()
    work.session.add(EmployeeRole(id=work.ids.new(), employee_id=key, role=role))
    return key


async def _customer(work: UnitOfWork, name: str, number: int, owner: UUID | None, department: UUID) -> UUID:
    key, now = work.ids.new(), work.clock.now()
    row = Customer(
        id=key,
        kind=CustomerKind.PERSON,
        name=name,
        number=f"C-{number:04}",
        source=Source.WEB,
        collected_by=Collection.STAFF,
        spend_currency=CURRENCY,
        owner_id=owner,
        department_id=department,
        created_at=now,
        updated_at=now,
    )
    work.sealer.assign(row, "phone", str(PHONE + number))
    work.session.add(row)
    await work.session.flush()
    return key


async def _buy(
    work: UnitOfWork, customer: UUID, minor: int, values: Mapping[str, Any], reference: str
) -> UUID:
    given = {"amount_minor": minor, "currency": CURRENCY, "at": work.clock.now(), "reference": reference}
    service = CustomerService(work, operator(), CURRENCY)
    row = await service.record_purchase(customer, {**given, **values})
    key: UUID = row.id
    return key
