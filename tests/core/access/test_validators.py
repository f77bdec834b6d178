"""Validators look at a row and may refuse; one that changes it is a defect, and nothing is saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.validators import Meddled, Refusal, Validator, Validators, Writing
from core.customers.models import Customer, Purchase
from core.customers.service import CustomerService
from core.services import Services
from core.text import Text
from tests.core.world import World

ABOUT = Text("straw", "稻草")
Check = Callable[[Writing[Any]], Awaitable[Refusal | None]]


def asked(world: World, model: type[Any], *checks: Check) -> None:
    """From now on these are asked."""
    declared = [Validator(f"straw.{one.__name__}", ABOUT, model, one) for one in checks]
    world.database.services.add(Validators(declared))


async def rename(world: World, name: str) -> None:
    async with world.database.unit_of_work() as work:
        await CustomerService(work, world.operator(), "CNY").update(world.customers["wang"], {"name": name})


async def stored(world: World) -> tuple[str | None, str | None]:
    async with world.database.unit_of_work() as work:
        row = await work.session.get_one(Customer, world.customers["wang"])
        return row.name, row.region


async def looks(writing: Writing[Customer]) -> None:
    """Reads what was not loaded, and asks the database, which sends what was changed."""
    table = Customer.__table__
    found = sa.select(table.c.name).where(table.c.id == writing.row.id)
    assert (await writing.work.session.execute(found)).scalar_one() == writing.row.name
    assert [getattr(writing.row, one.name) for one in table.c if not one.name.endswith("_sealed")]


async def meddles(writing: Writing[Customer]) -> None:
    writing.row.region = "Nowhere"


async def meddles_and_asks(writing: Writing[Customer]) -> None:
    writing.row.region = "Nowhere"
    await writing.work.session.execute(sa.select(sa.func.count()).select_from(Customer))


async def test_looking_is_fine(world: World) -> None:
    asked(world, Customer, looks)
    await rename(world, "new")
    assert (await stored(world))[0] == "new"


@pytest.mark.parametrize("check", [meddles, meddles_and_asks])
async def test_one_that_changes_the_row_is_named_and_nothing_is_saved(world: World, check: Check) -> None:
    before = await stored(world)
    asked(world, Customer, looks, check)
    with pytest.raises(Meddled, match=rf"straw\.{check.__name__} changes region"):
        await rename(world, "new")
    assert await stored(world) == before


async def test_so_is_one_that_changes_a_row_that_is_new(world: World) -> None:
    async def cheaper(writing: Writing[Purchase]) -> None:
        assert writing.row.reference is None
        writing.row.amount_minor = 1

    async def names(writing: Writing[Purchase]) -> None:
        writing.row.reference = "mine"

    async def buy() -> None:
        async with world.database.unit_of_work() as work:
            given = {"at": work.clock.now(), "amount_minor": 500, "currency": "CNY"}
            await CustomerService(work, world.operator(), "CNY").record_purchase(
                world.customers["wang"], given
            )

    for check, column in ((cheaper, "amount_minor"), (names, "reference")):
        world.database.services = Services()
        asked(world, Purchase, check)
        with pytest.raises(Meddled, match=f"changes {column}"):
            await buy()
