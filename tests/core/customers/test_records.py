"""What is recorded of a customer, and the totals (CUS-1, CUS-2, CUS-7)."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from core.customers.choices import Collection, InteractionKind, Source
from core.customers.models import Customer, Purchase
from core.customers.service import CustomerService
from core.customers.totals import recount
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from schema.testing.counting import counted
from tests.core.world import World
from tests.databases import NOW

DAY = dt.timedelta(days=1)
TOTALS = ("spend_minor", "purchase_count", "first_purchase_at", "last_purchase_at")


async def act(world: World, role: str, name: str, *args: Any) -> Any:
    async with world.database.unit_of_work() as work:
        return await getattr(CustomerService(work, world.viewer(role), "CNY"), name)(*args)


async def totals(world: World, name: str) -> tuple[Any, ...]:
    async with world.database.unit_of_work() as work:
        row = await work.session.get_one(Customer, world.customers[name])
        return tuple(getattr(row, total) for total in TOTALS)


def purchase(amount: int, days_ago: int = 0, **more: Any) -> dict[str, Any]:
    return {"at": NOW - days_ago * DAY, "amount_minor": amount, "currency": "CNY", **more}


async def test_purchases_are_counted(world: World) -> None:
    key = world.customers["wang"]
    made: Purchase = await act(world, "salesperson", "record_purchase", key, purchase(1999, 5))
    assert (made.quantity, made.source, made.collected_by) == (1, Source.PURCHASE, Collection.STAFF)
    assert made.recorded_by_id == world.employees["salesperson"]
    await act(world, "salesperson", "record_purchase", key, purchase(0, 9, quantity=2))
    await act(world, "salesperson", "record_purchase", key, {**purchase(500, 1), "currency": "USD"})
    expected = (1999, 3, NOW - 9 * DAY, NOW - DAY)
    assert await totals(world, "wang") == expected
    async with world.database.unit_of_work() as work:
        await recount(work.session)
    assert await totals(world, "wang") == expected
    assert await totals(world, "li") == (0, 0, None, None)


async def test_recording_is_one_statement(world: World) -> None:
    """Where the customer stands, the purchase and the totals: to PostgreSQL; SQLite is asked one by one."""
    with counted(world.database) as sql:
        await act(world, "salesperson", "record_purchase", world.customers["wang"], purchase(1))
    begins = [one.split(maxsplit=1)[0] for one in sql]
    assert begins == (["SELECT", "INSERT", "UPDATE"] if world.database.sqlite else ["WITH"])


async def test_purchases_at_once_all_count(world: World) -> None:
    """PRM-9."""
    key = world.customers["wang"]
    await asyncio.gather(*(act(world, "salesperson", "record_purchase", key, purchase(1)) for _ in range(8)))
    assert (await totals(world, "wang"))[:2] == (8, 8)


async def test_recounting_some_leaves_the_others_alone(world: World) -> None:
    for name in ("wang", "li"):
        await act(world, "leader", "record_purchase", world.customers[name], purchase(700))
    async with world.database.unit_of_work() as work:
        for name in ("wang", "li"):
            (await work.session.get_one(Customer, world.customers[name])).spend_minor = 1
    async with world.database.unit_of_work() as work:
        await recount(work.session, Customer.id == world.customers["wang"])
    assert (await totals(world, "wang"))[0] == 700
    assert (await totals(world, "li"))[0] == 1


async def test_an_order_number_is_taken_once_by_a_customer(world: World) -> None:
    """PRM-7: that a stranger's purchase has the number is told to nobody."""
    await act(world, "leader", "record_purchase", world.customers["li"], purchase(1, reference="A-1"))
    await act(world, "salesperson", "record_purchase", world.customers["wang"], purchase(1, reference="A-1"))
    with pytest.raises(Conflict) as caught:
        await act(
            world, "salesperson", "record_purchase", world.customers["wang"], purchase(1, reference="A-1")
        )
    assert caught.value.field == "reference"
    assert (await totals(world, "wang"))[1] == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (purchase(-1), "amount"),
        (purchase(2**53), "amount"),
        (purchase(1, -1), "at"),
        (purchase(1, quantity=0), "quantity"),
        ({**purchase(1), "currency": "CYN"}, "amount.currency"),
    ],
)
async def test_what_can_not_be_a_purchase(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await act(world, "salesperson", "record_purchase", world.customers["wang"], values)
    assert caught.value.field == field


async def test_the_greatest_amount_is_said_in_main_units(world: World) -> None:
    with pytest.raises(InvalidInput, match=r"^amount: from 0 to 90071992547409\.91 CNY$"):
        await act(world, "salesperson", "record_purchase", world.customers["wang"], purchase(-1))


@pytest.mark.parametrize("name", ["record_purchase", "record_interaction", "set_preference"])
async def test_a_customer_that_is_not_mine_is_named_as_the_input_names_it(world: World, name: str) -> None:
    """PRM-7."""
    with pytest.raises(NotFound) as unseen:
        await act(world, "salesperson", name, world.customers["li"], {})
    with pytest.raises(Forbidden, match="your role may not do this here") as refused:
        await act(world, "salesperson", name, world.customers["zhao"], {})
    assert (unseen.value.field, refused.value.field) == ("customerId", "customerId")
    assert "不可执行此操作" in refused.value.message("zh")


async def test_records_stand_where_their_customer_stands(world: World) -> None:
    talk = {"kind": InteractionKind.CALL, "summary": "asked for tea"}
    with pytest.raises(NotFound):
        await act(world, "salesperson", "record_interaction", world.customers["li"], talk)
    with pytest.raises(Forbidden):
        await act(world, "salesperson", "record_interaction", world.customers["zhao"], talk)
    with pytest.raises(Forbidden):
        await act(world, "finance", "record_interaction", world.customers["wang"], talk)
    made = await act(world, "customer_service", "record_interaction", world.customers["li"], talk)
    assert (made.at, made.employee_id) == (NOW, world.employees["customer_service"])


async def test_a_preference_has_one_value(world: World) -> None:
    key = world.customers["wang"]
    for value in ("green", "black"):
        made = await act(world, "salesperson", "set_preference", key, {"topic": " tea ", "value": value})
        assert (made.topic, made.value) == ("tea", value)
    assert await act(world, "salesperson", "set_preference", key, {"topic": "tea", "value": None}) is None
    assert await act(world, "salesperson", "set_preference", key, {"topic": "tea", "value": None}) is None
    with pytest.raises(InvalidInput):
        await act(world, "salesperson", "set_preference", key, {"topic": " ", "value": "x"})
