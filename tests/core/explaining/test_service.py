"""What may be asked about whom, and that asking tells nothing of rows (BEY-4, PRM-7)."""

from typing import cast
from uuid import UUID

import pytest

from core.access.cells import DEPARTMENT, OWN, TEAM
from core.access.guard import Permission
from core.access.rules import Rule
from core.customers.models import CustomerMember
from core.db.database import Database
from core.errors import BadUserInput, Forbidden
from core.explaining.service import About, Explanation, Explanations
from core.ids import global_id
from core.organization.models import Employee, EmployeeRole
from core.permissions import CORE_PERMISSIONS
from core.text import Text
from tests.core.world import World, catalogue, policy

NOBODY = global_id("cus", UUID(int=0))
GRANT = Permission("Employee", "assign", Text("give roles", "分配角色"))
MAY_EXPLAIN_DEPARTMENT = Rule("salesperson", "type:Employee", "explain", "department", "allow")


def explanations(database: Database) -> Explanations:
    return Explanations(database, catalogue(), policy, CORE_PERMISSIONS, (GRANT,))


def customer(world: World, name: str) -> str:
    return global_id("cus", world.customers[name])


def employee(world: World, name: str) -> str:
    return global_id("emp", world.employees[name])


async def asked(world: World, who: str, about: About, *more: Rule) -> Explanation | None:
    return await explanations(world.database).explain(world.viewer(who, *more), about)


def cells(found: Explanation | None) -> list[int]:
    assert found is not None
    return [decision.cell for decision in found.by_role[0].decisions]


def phone(**more: str) -> About:
    return About("Customer", "phone", **more)


async def test_a_row_is_explained_in_the_relation_in_which_it_stands(world: World) -> None:
    """To the caller, or to the employee who is asked about."""
    assert cells(await asked(world, "salesperson", phone(row=customer(world, "wang")))) == [OWN | DEPARTMENT]
    assert cells(await asked(world, "leader", phone(row=customer(world, "li")))) == [0]
    west = employee(world, "salesperson_west")
    about = phone(row=customer(world, "li"), employee=west)
    assert cells(await asked(world, "leader", about)) == [OWN | DEPARTMENT]
    async with world.database.unit_of_work() as work:
        key = world.employees["technical_support"]
        member = CustomerMember(id=work.ids.new(), customer_id=world.customers["li"], employee_id=key)
        work.session.add(member)
    about = phone(row=customer(world, "li"), employee=employee(world, "technical_support"))
    assert cells(await asked(world, "leader", about)) == [TEAM]


async def test_without_a_row_every_relation_is_explained(world: World) -> None:
    assert cells(await asked(world, "finance", phone())) == list(range(8))
    assert cells(await asked(world, "finance", About("Employee", "title"))) == [0, OWN, DEPARTMENT, 5]
    assert cells(await asked(world, "finance", About("Tier"))) == [0]


async def test_rows_of_a_customer_are_explained_by_the_customer(world: World) -> None:
    about = About("Purchase", "amountMinor", row=customer(world, "wang"))
    assert cells(await asked(world, "salesperson", about)) == [OWN | DEPARTMENT]


async def test_not_there_and_not_visible_are_one_answer(world: World) -> None:
    for row in (customer(world, "li"), NOBODY):
        assert await asked(world, "salesperson", phone(row=row)) is None
    # An administrator may ask about everybody and sees no customers.
    mine = employee(world, "salesperson")
    for row in (customer(world, "wang"), NOBODY):
        assert await asked(world, "administrator", phone(row=row, employee=mine)) is None
    assert await asked(world, "leader", phone(employee=global_id("emp", UUID(int=0)))) is None
    hidden = Rule("leader", "type:Employee", "read", "all", "deny")
    assert await asked(world, "leader", phone(employee=mine), hidden) is None


@pytest.mark.parametrize(
    "hidden",
    [
        Rule("leader", "field:Customer.ownerId", "mask", "all", "deny"),
        Rule("leader", "field:Customer.departmentId", "show", "all", "deny"),
        Rule("leader", "type:CustomerMember", "read", "all", "deny"),
        Rule("leader", "field:CustomerMember.employeeId", "show", "all", "deny"),
    ],
)
async def test_who_does_not_see_whose_a_row_is_does_not_learn_it(world: World, hidden: Rule) -> None:
    """Asked about one employee after the other, the relation would name the owner."""
    for name in ("salesperson", "salesperson_west"):
        about = phone(row=customer(world, "wang"), employee=employee(world, name))
        assert await asked(world, "leader", about, hidden) is None
    assert cells(await asked(world, "leader", phone(row=customer(world, "wang")), hidden)) == [DEPARTMENT]


@pytest.mark.parametrize(
    "about",
    [
        phone(role="leader"),
        phone(role="emperor"),
        phone(employee="emp_0"),
        phone(employee="nonsense", role="salesperson"),
        About("Nonsense", employee=NOBODY),
    ],
)
async def test_refused_before_anything_is_read_or_checked(world: World, about: About) -> None:
    nothing = explanations(cast("Database", None))
    for ask in (nothing.explain, nothing.matrix):
        with pytest.raises(Forbidden):
            await ask(world.viewer("salesperson"), about)


async def test_about_oneself_everybody_may_ask(world: World) -> None:
    for who in world.employees:
        assert cells(await asked(world, who, phone(employee=employee(world, who)))) == list(range(8))


async def test_the_right_to_ask_has_relations_too(world: World) -> None:
    may = MAY_EXPLAIN_DEPARTMENT
    assert await asked(world, "salesperson", phone(employee=employee(world, "finance")), may)
    with pytest.raises(Forbidden):
        await asked(world, "salesperson", phone(employee=employee(world, "salesperson_west")), may)
    with pytest.raises(Forbidden):  # a role by itself is everybody's
        await asked(world, "salesperson", phone(role="finance"), may)


async def test_every_role_of_an_employee_by_itself(world: World) -> None:
    key = world.employees["finance"]
    async with world.database.unit_of_work() as work:
        work.session.add(EmployeeRole(id=work.ids.new(), employee_id=key, role="legal"))
        work.session.add(EmployeeRole(id=work.ids.new(), employee_id=key, role="gone"))
    found = await asked(world, "auditor", phone(employee=global_id("emp", key)))
    assert found
    assert [one.role.name for one in found.by_role] == ["finance", "gone", "legal"]
    found = await asked(world, "auditor", phone(employee=global_id("emp", key), role="leader"))
    assert found
    assert [one.role.name for one in found.by_role] == ["leader"]


@pytest.mark.parametrize(
    ("about", "field"),
    [
        (About("Shop"), "type"),
        (About("Customer", "shoe"), "field"),
        (About("Customer", "phone", "read"), "act"),
        (About("Customer", act="suspend"), "act"),
        (About("Customer", role="emperor"), "role"),
        (About("Customer", employee="emp_0"), "employee"),
        (About("Customer", row="cus_0"), "row"),
        (About("Customer", row=global_id("emp", UUID(int=0))), "row"),
    ],
)
async def test_what_there_is_not_is_named(world: World, about: About, field: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await asked(world, "leader", about)
    assert caught.value.field == field


async def test_acts_and_writing_are_explained_too(world: World) -> None:
    row = customer(world, "wang")
    for about, outcome in (
        (About("Customer", act="update", row=row), "ALLOW"),
        (About("Customer", act="assign", row=row), "DENY"),
        (phone(act="write", row=row), "ALLOW"),
        (About("Customer", "identityNumber", "write", row=row), "DENY"),
        (About("Customer", row=row), "ALLOW"),
    ):
        found = await asked(world, "salesperson", about)
        assert found
        assert found.by_role[0].decisions[0].outcome.name == outcome
        assert found.by_role[0].visible == {OWN | DEPARTMENT}


async def test_a_stranger_stands_in_no_relation(world: World) -> None:
    found = await explanations(world.database).explain(world.operator(), phone(role="finance"))
    assert cells(found) == [0]


async def test_who_can_grant(world: World) -> None:
    """Only who may sign in, and only employees whom the caller sees."""
    async with world.database.unit_of_work() as work:
        administrator = await work.session.get_one(Employee, world.employees["administrator"])
        administrator.suspended_at = work.clock.now()
    service = explanations(world.database)
    found = {one.role: one for one in await service.who_grants(world.viewer("finance"))}
    assert found.keys() == {"leader", "administrator"}
    assert [name for _, name in found["leader"].employees] == ["leader"]
    assert found["administrator"].employees == ()
    own = Rule("finance", "type:Employee", "read", "all", "deny")
    hidden = await service.who_grants(world.viewer("finance", own))
    assert [one.employees for one in hidden] == [(), ()]


async def test_the_matrix_is_made_for_each_role(world: World) -> None:
    about = About("Customer", employee=employee(world, "finance"))
    found = await explanations(world.database).matrix(world.viewer("leader"), about)
    assert found
    assert found.cells == tuple(range(8))
    assert [role.name for role, _ in found.by_role] == ["finance"]
