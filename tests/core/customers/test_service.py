"""The customer archive (CUS-1, CUS-2, ACC-2, PRM-7)."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.rules import Rule
from core.customers.choices import Channel, Collection, CustomerKind, Source
from core.customers.errors import DuplicateCustomer
from core.customers.models import CustomerMember
from core.customers.service import CustomerService
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.core.world import World
from tests.databases import NOW

PERSON = {"kind": CustomerKind.PERSON, "name": "孙丽"}
PHONE = {"phone": "13800138000"}


async def act(
    world: World, role: str, name: str, *args: Any, more: tuple[Rule, ...] = (), **options: Any
) -> Any:
    async with world.database.unit_of_work() as work:
        service = CustomerService(work, world.viewer(role, *more), "CNY")
        return await getattr(service, name)(*args, **options)


async def test_a_customer_is_entered_with_where_it_came_from(world: World) -> None:
    """CUS-2."""
    made = await act(
        world,
        "salesperson",
        "create",
        {
            **PERSON,
            **PHONE,
            "email": "Sun@Example.com",
            "source": Source.REFERRAL,
            "collected_by": Collection.WECHAT,
        },
    )
    assert (made.owner_id, made.department_id) == (world.employees["salesperson"], world.departments["east"])
    assert (made.source, made.collected_by) == (Source.REFERRAL, Collection.WECHAT)
    assert (made.phone_masked, made.email_masked) == ("*******8000", "s*******")
    assert (made.spend_minor, made.spend_currency, made.purchase_count) == (0, "CNY", 0)
    assert made.number.startswith("C")
    assert made.created_at == made.updated_at


async def test_only_given_names_change_and_none_clears(world: World) -> None:
    key = world.customers["wang"]
    await act(world, "salesperson", "update", key, {**PHONE, "industry": " retail ", "notes": "likes tea"})
    row = await act(world, "salesperson", "update", key, {"phone": None, "preferred_channel": Channel.WECHAT})
    assert (row.phone_sealed, row.phone_index, row.phone_masked) == (None, None, None)
    assert (row.industry, row.notes_masked, row.preferred_channel) == ("retail", "*******", Channel.WECHAT)
    with pytest.raises(InvalidInput) as caught:
        await act(world, "salesperson", "update", key, {"name": " "})
    assert caught.value.field == "name"
    with pytest.raises(InvalidInput) as caught:
        await act(world, "legal", "update", key, {"identity_number": "1"}, more=LEGAL_WRITES)
    assert caught.value.field == "identityNumber"


LEGAL_WRITES = (
    Rule("legal", "type:Customer", "update", "all", "allow"),
    Rule("legal", "class:identity", "write", "all", "allow"),
)


async def test_who_may_not_see_a_customer_learns_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        await act(world, "salesperson", "update", world.customers["li"], {"name": "x"})
    with pytest.raises(Forbidden):  # seen by department, but not the salesperson's own
        await act(world, "salesperson", "update", world.customers["zhao"], {"name": "x"})
    with pytest.raises(Forbidden):
        await act(world, "finance", "update", world.customers["wang"], {"name": "x"})
    with pytest.raises(Forbidden):
        await act(world, "finance", "create", {})


async def test_a_field_that_may_not_be_written_is_refused(world: World) -> None:
    """ACC-1: field by field."""
    with pytest.raises(Forbidden) as caught:
        await act(
            world, "salesperson", "update", world.customers["wang"], {"identity_number": "11010519491231002X"}
        )
    assert caught.value.field == "identityNumber"
    with pytest.raises(
        Forbidden
    ):  # the salesperson may write phones of their own customers, not of a colleague's
        await act(world, "salesperson", "create", {**PERSON, **PHONE, "owner_id": world.employees["leader"]})


async def test_handing_over_is_a_right_of_its_own(world: World) -> None:
    key, west = world.customers["wang"], world.employees["salesperson_west"]
    with pytest.raises(Forbidden, match=r"^ownerId: your role may not do this here"):
        await act(world, "salesperson", "update", key, {"owner_id": west})
    with pytest.raises(Forbidden) as refused:  # entering a customer for somebody else, or elsewhere
        await act(world, "salesperson", "create", {**PERSON, "owner_id": west})
    assert refused.value.field == "ownerId"
    values = {"department_id": world.departments["west"], "owner_id": None}
    with pytest.raises(Forbidden) as refused:
        await act(world, "marketing_supervisor", "create", {**PERSON, **values})
    assert refused.value.field == "departmentId"
    with pytest.raises(NotFound) as caught:
        await act(world, "leader", "update", key, {"owner_id": key})
    assert caught.value.field == "ownerId"
    row = await act(
        world, "leader", "update", key, {"owner_id": west, "department_id": world.departments["west"]}
    )
    assert row.owner_id == west
    with pytest.raises(NotFound):
        await act(world, "salesperson", "update", key, {"name": "still mine?"})


async def test_the_team_is_replaced(world: World) -> None:
    key = world.customers["li"]
    team = [world.employees["account_manager"], world.employees["technical_support"]]
    await act(world, "leader", "set_team", key, [*team, team[0]])
    await act(world, "leader", "set_team", key, team[:1])
    async with world.database.unit_of_work() as work:
        assert list(await work.session.scalars(sa.select(CustomerMember.employee_id))) == team[:1]
    row = await act(world, "account_manager", "update", key, {"industry": "ports"})
    assert row.industry == "ports"
    with pytest.raises(Forbidden):
        await act(world, "salesperson", "set_team", key, [])
    with pytest.raises(Forbidden) as caught:
        await act(world, "account_manager", "set_team", key, [])
    assert caught.value.field == "customerId"


async def test_a_number_is_unique(world: World) -> None:
    with pytest.raises(Conflict) as caught:
        await act(world, "salesperson", "create", {**PERSON, "number": "li"})
    assert caught.value.message("en") == "number: another customer has this number"
    with pytest.raises(Conflict, match="another customer has this number"):
        await act(world, "salesperson", "update", world.customers["wang"], {"number": "li"})


async def test_nobody_is_born_tomorrow(world: World) -> None:
    """A day that has begun somewhere is no future."""
    key, day = world.customers["wang"], NOW.date()
    assert (await act(world, "salesperson", "update", key, {"birthday": day})).birthday == day
    for name, *args in (("create", PERSON), ("update", key, {})):
        values = {**args.pop(), "birthday": day + dt.timedelta(days=2)}  # type: ignore[dict-item]
        with pytest.raises(InvalidInput, match="birthday: this lies in the future"):
            await act(world, "salesperson", name, *args, values)


@pytest.mark.parametrize("field", ["phone", "email", "wechat"])
async def test_a_duplicate_is_told_only_where_the_field_is_shown(world: World, field: str) -> None:
    """PRM-7: a salesperson can't find out whose phone number this is by entering it."""
    value = {"phone": "13800138000", "email": "a@example.com", "wechat": "wang_wei"}[field]
    for name in ("li", "zhao"):  # unseen, and seen with the field masked
        await act(world, "leader", "update", world.customers[name], {field: value}, duplicate=True)
    made = await act(world, "salesperson", "create", {**PERSON, field: value})
    with pytest.raises(DuplicateCustomer) as caught:
        await act(world, "salesperson", "create", {**PERSON, field: value})
    assert (caught.value.field, caught.value.existing) == (field, made.id)
    with pytest.raises(DuplicateCustomer):
        await act(world, "salesperson", "update", world.customers["wang"], {field: value})
    await act(world, "salesperson", "update", made.id, {"name": "unchanged", field: value})
    twin = await act(world, "salesperson", "create", {**PERSON, field: value}, duplicate=True)
    await act(world, "salesperson", "update", twin.id, {"name": "the other one"})
    with pytest.raises(DuplicateCustomer):
        await act(world, "leader", "create", {**PERSON, field: value})
