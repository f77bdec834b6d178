"""Consents: recording and withdrawing them (CUS-4)."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from core.access.purposes import Purpose
from core.access.rules import Rule
from core.consents.choices import ConsentChannel
from core.consents.models import Consent
from core.consents.service import ConsentService
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.core.events.listening import heard, listen
from tests.core.world import World
from tests.databases import NOW

YES = {"purpose": Purpose.INVITATION, "channel": ConsentChannel.PAPER}
BLIND = Rule("salesperson", "type:Consent", "read", "own", "deny")


async def act(world: World, role: str, name: str, *args: Any, more: tuple[Rule, ...] = ()) -> Any:
    async with world.database.unit_of_work() as work:
        return await getattr(ConsentService(work, world.viewer(role, *more)), name)(*args)


async def test_a_consent_is_given_and_withdrawn_and_given_again(world: World) -> None:
    listen(world.database)
    wang = world.customers["wang"]
    at = NOW - dt.timedelta(3)
    made = await act(world, "salesperson", "record", wang, {**YES, "given_at": at, "evidence": " form 3 "})
    assert (made.given_at, made.evidence, made.recorded_by_id) == (
        at,
        "form 3",
        world.employees["salesperson"],
    )
    with pytest.raises(Conflict) as caught:
        await act(world, "salesperson", "record", wang, YES)
    assert caught.value.field == "purpose"
    other = await act(world, "salesperson", "record", wang, {**YES, "purpose": Purpose.RECOMMENDATION})
    gone = await act(world, "customer_service", "withdraw", made.id)
    assert (gone.withdrawn_at, gone.withdrawn_by_id) == (NOW, world.employees["customer_service"])
    again = await act(world, "leader", "withdraw", made.id)
    assert again.withdrawn_by_id == world.employees["customer_service"]
    new = await act(world, "salesperson", "record", wang, YES)
    mine = {"customer_id": str(wang)}
    invited = {**mine, "purpose": "INVITATION"}
    assert await heard(world.database) == [
        ("consent.given", {**invited, "consent_id": str(made.id)}),
        ("consent.given", {**mine, "purpose": "RECOMMENDATION", "consent_id": str(other.id)}),
        ("consent.withdrawn", {**invited, "consent_id": str(made.id)}),
        ("consent.given", {**invited, "consent_id": str(new.id)}),
    ]


async def test_of_two_at_once_one_is_recorded(world: World) -> None:
    wang = world.customers["wang"]
    done = await asyncio.gather(
        act(world, "salesperson", "record", wang, YES),
        act(world, "leader", "record", wang, YES),
        return_exceptions=True,
    )
    assert {type(one) for one in done} == {Consent, Conflict}


async def test_what_can_not_be_is_named(world: World) -> None:
    wang = world.customers["wang"]
    for given, field in (
        ({"purpose": Purpose.CARE}, "purpose"),
        ({"purpose": Purpose.SERVICE}, "purpose"),
        ({"given_at": NOW + dt.timedelta(seconds=1)}, "givenAt"),
        ({"evidence": "\x07"}, "evidence"),
    ):
        with pytest.raises(InvalidInput) as caught:
            await act(world, "salesperson", "record", wang, {**YES, **given})
        assert caught.value.field == field


async def test_who_may(world: World) -> None:
    """Whoever looks after the customer; who sees no consents learns of none by writing (PRM-7)."""
    wang, li = world.customers["wang"], world.customers["li"]
    made = await act(world, "customer_service", "record", wang, YES)
    with pytest.raises(NotFound, match=r"^customerId: "):
        await act(world, "salesperson", "record", li, YES)
    with pytest.raises(Forbidden):
        await act(world, "auditor", "record", wang, YES)
    with pytest.raises(Forbidden):
        await act(world, "finance", "withdraw", made.id)
    for given in (YES, {**YES, "purpose": Purpose.RECOMMENDATION}):
        with pytest.raises(Forbidden):
            await act(world, "salesperson", "record", wang, given, more=(BLIND,))
    with pytest.raises(NotFound):
        await act(world, "salesperson", "withdraw", made.id, more=(BLIND,))
    with pytest.raises(NotFound):
        await act(world, "salesperson", "withdraw", li)
