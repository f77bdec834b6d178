"""A small company to try the services in, under the policies that the product comes with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from core.access.files import read_policy
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.rules import READ, Policy, Rule, Vocabulary
from core.access.viewer import Viewer
from core.customers.choices import Collection, CustomerKind, Source
from core.customers.models import Customer
from core.db.database import Database
from core.db.migrate import CORE, Owner, migrate
from core.db.model import camel, sealed_fields
from core.db.sensitivity import CORE_CLASSES
from core.models import CORE_MODELS
from core.organization.choices import DepartmentKind
from core.organization.models import Department, Employee, EmployeeRole
from core.permissions import CORE_PERMISSIONS
from tests.databases import drawn_from, open_database

POLICIES = Path(__file__).parents[2] / "policies"


@lru_cache
def policy() -> Policy:
    return read_policy(POLICIES)


@lru_cache
def catalogue() -> Catalogue:
    fields: dict[tuple[str, str], str] = {}
    for name, model in CORE_MODELS.items():
        for column in model.__table__.c:
            field = column.info.get("sealed", column.name)
            fields[name, camel(field)] = column.info["class"].name
        assert all(fields[name, camel(f)] for f in sealed_fields(model))
    return Catalogue(Relations(CORE_MODELS), fields)


def vocabulary() -> Vocabulary:
    acts = {
        name: frozenset({READ, *(p.act for p in CORE_PERMISSIONS if p.type == name)}) for name in CORE_MODELS
    }
    relations = {name: catalogue().relations.known(name) for name in acts}
    return Vocabulary(acts, relations, catalogue().fields, frozenset(c.name for c in CORE_CLASSES))


@dataclass(frozen=True)
class World:
    """Departments east (with its branch `harbour`) and west, and an employee for each role."""

    database: Database
    departments: dict[str, UUID]
    employees: dict[str, UUID]
    customers: dict[str, UUID]

    def viewer(self, role: str, *more: Rule) -> Viewer:
        """The employee of a role, acting in it; `more` rules are added to the policies."""
        who = self.employees[role]
        rules = (*policy().rules_of((role.removesuffix("_west"),)), *more)
        east = (self.departments["east"], self.departments["harbour"])
        departments = (self.departments["west"],) if role.endswith("_west") else east
        return Viewer(role, who, departments, (role,), AccessPlan(catalogue(), rules))

    def operator(self) -> Viewer:
        """Whoever runs the product's own commands."""
        return Viewer("operator", None, (), (), AccessPlan(catalogue(), (), unrestricted=True))


async def build(database: Database) -> World:
    """One customer each: of the salesperson in the east, of the one in the west, of nobody in the branch."""
    departments: dict[str, UUID] = {}
    employees: dict[str, UUID] = {}
    customers: dict[str, UUID] = {}
    async with database.unit_of_work() as work:
        now = work.clock.now()
        for name, above in (("east", None), ("harbour", "east"), ("west", None)):
            row = Department(
                id=work.ids.new(),
                name=name,
                kind=DepartmentKind.SALES,
                parent_id=departments.get(above or ""),
                created_at=now,
            )
            departments[name] = row.id
            work.session.add(row)
            await work.session.flush()
        for role in (*(r for r in policy().roles if r != "everyone"), "salesperson_west"):
            key = work.ids.new()
            employees[role] = key
            place = "west" if role.endswith("_west") else "east"
            work.session.add(
                Employee(
                    id=key,
                    name=role,
                    staff_number=role,
                    subject=role,
                    department_id=departments[place],
                    created_at=now,
                )
            )
            await work.session.flush()
            work.session.add(
                EmployeeRole(id=work.ids.new(), employee_id=key, role=role.removesuffix("_west"))
            )
        for name, owner, place in (
            ("wang", "salesperson", "east"),
            ("li", "salesperson_west", "west"),
            ("zhao", None, "harbour"),
        ):
            customer = Customer(
                id=work.ids.new(),
                kind=CustomerKind.PERSON,
                name=name,
                number=name,
                source=Source.WEB,
                collected_by=Collection.STAFF,
                spend_currency="CNY",
                owner_id=employees.get(owner or ""),
                department_id=departments[place],
                created_at=now,
                updated_at=now,
            )
            customers[name] = customer.id
            work.session.add(customer)
    return World(database, departments, employees, customers)


class Founded(NamedTuple):
    """A company in a database that is copied. `drawn`: ids, so that those of a test follow them."""

    world: World
    drawn: int

    def at(self, database: Database) -> World:
        """It, in a copy that was opened."""
        return replace(self.world, database=database)


async def founded(url: str, owners: Sequence[Owner] = (CORE,)) -> Founded:
    """Migrate a database and build the company in it."""
    database = open_database(url)
    await migrate(database, owners)
    world = await build(database)
    await database.close()
    return Founded(world, drawn_from(database))
