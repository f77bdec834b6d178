"""Departments and employees (ACC-4, ACC-7)."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.rules import Rule
from core.errors import BaokeError, Conflict, Forbidden, InvalidInput, NotFound
from core.organization.choices import DepartmentKind
from core.organization.errors import NobodyLeft, NotYourself, OwnAncestor, UnknownRole
from core.organization.models import Department, Employee, EmployeeRole
from core.organization.principals import load_principal
from core.organization.service import OrganizationService
from tests.core.world import World, policy


async def act(world: World, role: str, name: str, *args: Any, more: tuple[Rule, ...] = ()) -> Any:
    async with world.database.unit_of_work() as work:
        service = OrganizationService(work, world.viewer(role, *more), policy())
        return await getattr(service, name)(*args)


async def roles_of(world: World, employee: Any) -> set[str]:
    async with world.database.unit_of_work() as work:
        found = sa.select(EmployeeRole.role).where(EmployeeRole.employee_id == employee)
        return set(await work.session.scalars(found))


def newcomer(world: World, **more: Any) -> dict[str, Any]:
    return {"name": " 陈晨 ", "staff_number": "77", "department_id": world.departments["west"], **more}


async def test_departments_are_entered_renamed_and_moved(world: World) -> None:
    made = await act(
        world,
        "administrator",
        "create_department",
        {"name": "quay", "kind": DepartmentKind.SALES, "parent_id": world.departments["harbour"]},
    )
    moved = await act(
        world,
        "administrator",
        "update_department",
        made.id,
        {"name": "pier", "parent_id": world.departments["west"]},
    )
    assert (moved.name, moved.parent_id, moved.kind) == (
        "pier",
        world.departments["west"],
        DepartmentKind.SALES,
    )
    top = await act(world, "administrator", "update_department", made.id, {"parent_id": None})
    assert top.parent_id is None


async def test_a_department_never_lies_below_itself(world: World) -> None:
    east, harbour = world.departments["east"], world.departments["harbour"]
    for above in (east, harbour):
        with pytest.raises(OwnAncestor):
            await act(world, "administrator", "update_department", east, {"parent_id": above})


async def test_two_moves_at_once_close_no_circle(world: World) -> None:
    east, west = world.departments["east"], world.departments["west"]
    done = await asyncio.gather(
        act(world, "administrator", "update_department", east, {"parent_id": west}),
        act(world, "administrator", "update_department", west, {"parent_id": east}),
        return_exceptions=True,
    )
    assert {type(d) for d in done} == {Department, OwnAncestor}


async def test_an_employee_is_entered_with_roles_and_signs_in(world: World) -> None:
    made = await act(
        world,
        "administrator",
        "create_employee",
        newcomer(world, phone="+86 138-0013-8000", roles=["salesperson", "finance", "finance"]),
    )
    assert (made.name, made.subject, made.phone_masked) == ("陈晨", f"emp_{made.id.hex}", "*******8000")
    principal = await load_principal(world.database, made.subject)
    assert principal is not None
    assert (principal.employee, principal.roles) == (made.id, ("finance", "salesperson"))
    assert principal.departments == (world.departments["west"],)
    assert not principal.suspended
    assert await load_principal(world.database, "nobody") is None


async def test_a_principal_has_their_department_and_all_below(world: World) -> None:
    principal = await load_principal(world.database, "leader")
    assert principal is not None
    assert set(principal.departments) == {world.departments["east"], world.departments["harbour"]}


async def test_what_is_unique_or_unknown_is_said_by_field(world: World) -> None:
    for values, error, field in (
        (newcomer(world, staff_number="leader"), Conflict, "staffNumber"),
        (newcomer(world, subject="leader"), Conflict, "subject"),
        (newcomer(world, department_id=world.employees["leader"]), NotFound, "departmentId"),
        (newcomer(world, name="  "), InvalidInput, "name"),
        (newcomer(world, phone="12"), InvalidInput, "phone"),
        (newcomer(world, name="x" * 10_001), InvalidInput, "name"),
        (newcomer(world, roles=["emperor"]), UnknownRole, "roles"),
    ):
        with pytest.raises(error) as caught:
            await act(world, "administrator", "create_employee", values)
        assert caught.value.field == field


@pytest.mark.parametrize("role", ["salesperson", "auditor", "marketing_manager"])
async def test_others_are_refused_whatever_the_value(world: World, role: str) -> None:
    for name, args in (
        ("create_department", ({"name": ""},)),
        ("update_department", (world.employees["leader"], {"name": "x"})),
        ("create_employee", ({"roles": ["emperor"]},)),
        ("update_employee", (world.employees["leader"], {"name": "x"})),
    ):
        with pytest.raises(Forbidden):
            await act(world, role, name, *args)


async def test_nobody_does_it_to_themselves(world: World) -> None:
    me = world.employees["administrator"]
    for name, args in (
        ("update_employee", (me, {"roles": ["leader", "administrator"]})),
        ("update_employee", (me, {"department_id": world.departments["west"]})),
        ("update_employee", (me, {"subject": "x"})),
    ):
        with pytest.raises(NotYourself):
            await act(world, "administrator", name, *args)
    assert (await act(world, "administrator", "update_employee", me, {"title": "chief"})).title == "chief"


async def test_roles_are_replaced(world: World) -> None:
    key = world.employees["salesperson"]
    await act(world, "administrator", "update_employee", key, {"roles": ["finance", "salesperson"]})
    assert await roles_of(world, key) == {"finance", "salesperson"}
    await act(world, "administrator", "update_employee", key, {"roles": []})
    assert await roles_of(world, key) == set()


async def test_correcting_a_name_gives_no_roles(world: World) -> None:
    """`update` alone is not `assign`: the right to correct data is no way to more rights."""
    clerk = (
        Rule("auditor", "type:Employee", "update", "all", "allow"),
        Rule("auditor", "type:Employee", "write", "all", "allow"),
    )
    key = world.employees["salesperson"]
    await act(world, "auditor", "update_employee", key, {"name": "new"}, more=clerk)
    for change in (
        {"roles": ["leader"]},
        {"department_id": world.departments["west"]},
        {"subject": "leader2"},
    ):
        with pytest.raises(Forbidden):
            await act(world, "auditor", "update_employee", key, change, more=clerk)


async def test_somebody_who_may_give_roles_is_always_left(world: World) -> None:
    leader, administrator = world.employees["leader"], world.employees["administrator"]
    # Two who would remove each other at once: one of them is refused.
    done = await asyncio.gather(
        act(world, "administrator", "update_employee", leader, {"roles": ["finance"]}),
        act(world, "leader", "update_employee", administrator, {"roles": ["finance"]}),
        return_exceptions=True,
    )
    assert {type(d) for d in done} == {Employee, NobodyLeft}
    last = administrator if isinstance(done[0], Employee) else leader
    acting = "leader" if last == administrator else "administrator"
    assert "finance" not in await roles_of(world, last)
    await act(world, acting, "update_employee", last, {"roles": ["leader"]})


def test_every_outcome_has_a_code_of_its_own() -> None:
    assert {"NOT_YOURSELF", "NOBODY_LEFT", "UNKNOWN_ROLE", "OWN_ANCESTOR"} <= BaokeError.catalog.keys()
