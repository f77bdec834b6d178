"""A right that is asked with the write: the answers are those of one that was asked before (PRM-7, ACC-1)."""

from __future__ import annotations

import asyncio
import random
from contextlib import nullcontext, suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.access.guard import allowed_on, standing_of
from core.access.rules import Rule
from core.access.standing import Unasked
from core.access.validators import Refusal, Validator, Validators, Writing
from core.access.viewer import Viewer
from core.access.writing import add
from core.audit.models import AuditRecord
from core.customers.choices import Collection, Source
from core.customers.models import Customer, Purchase
from core.customers.permissions import RECORD_PURCHASE
from core.customers.records import CUSTOMER
from core.customers.service import CustomerService
from core.db.conditions import Asked
from core.db.database import UnitOfWork
from core.db.statements import Statement
from core.errors import Conflict, Forbidden, InvalidInput, NotFound, RequestError
from core.jobs.models import OUTBOX
from core.text import Text
from schema.testing.counting import counted
from tests.core.world import World
from tests.databases import NOW

PAID = {"at": NOW, "amount_minor": 100, "currency": "CNY"}
TAKEN = "A-1"
ABOUT = (
    ("type:Purchase", "record"),
    ("type:Purchase", "write"),
    ("type:Customer", "read"),
    ("field:Purchase.amount", "write"),
    ("field:Purchase.reference", "mask"),
    ("field:Purchase.reference", "show"),
)
ROLES = ("salesperson", "salesperson_west", "customer_service", "finance", "marketing_supervisor", "leader")
SEEN_BUT_NOT_MINE = Rule("salesperson", "type:Purchase", "record", "all", "deny")
COUNTED = tuple(
    Statement(sa.select(sa.func.count()).select_from(table))
    for table in (Purchase.__table__, OUTBOX, AuditRecord.__table__)
)


def rules(chance: random.Random, role: str) -> list[Rule]:
    """Some that change what the role may do."""
    return [
        Rule(
            role.removesuffix("_west"),
            *chance.choice(ABOUT),
            chance.choice(("own", "team", "department", "all")),
            chance.choice(("allow", "deny")),
        )
        for _ in range(chance.randrange(4))
    ]


async def record(
    work: UnitOfWork, viewer: Viewer, key: UUID, reference: str | None, *, at_once: bool = False
) -> None:
    """A purchase, as the service records it."""
    ask: Any = allowed_on if at_once else standing_of
    above = await ask(work, viewer, RECORD_PURCHASE, Customer, key, CUSTOMER, "customerId")
    row = Purchase(
        id=work.ids.new(),
        customer_id=key,
        quantity=1,
        source=Source.PURCHASE,
        collected_by=Collection.STAFF,
        created_at=NOW,
    )
    given = PAID if reference is None else {**PAID, "reference": reference}
    await add(work, viewer, RECORD_PURCHASE, row, given, above, later=True)


async def outcome(world: World, viewer: Viewer, key: UUID, reference: str | None, *, at_once: bool) -> Any:
    try:
        async with world.database.unit_of_work() as work:
            await record(work, viewer, key, reference, at_once=at_once)
    except (RequestError, Conflict, NotFound) as error:
        return type(error).__name__, str(error)
    return None


async def differences(world: World, cases: int = 150) -> tuple[list[Any], set[Any]]:
    """What is answered otherwise where the right is asked with the write; and all answers, by name."""
    chance, found, seen = random.Random(7), [], set()  # noqa: S311 the same cases each time
    for key in world.customers.values():
        assert await outcome(world, world.viewer("leader"), key, TAKEN, at_once=True) is None
    for case in range(cases):
        role = chance.choice(ROLES)
        viewer = world.viewer(role, *rules(chance, role))
        key = chance.choice([*world.customers.values(), UUID(int=7)])
        fresh = [f"{case}-{n}" for n in range(2)]
        both = chance.choice([(None, None), (TAKEN, TAKEN), fresh])
        before, later = [
            await outcome(world, viewer, key, reference, at_once=at_once)
            for reference, at_once in zip(both, (True, False), strict=True)
        ]
        seen.add(before and before[0])
        if before != later:
            found.append((role, before, later))
    return found, seen


async def test_the_answers_are_those_of_a_right_that_was_asked_before(world: World) -> None:
    found, seen = await differences(world)
    assert (found, seen) == ([], {None, "NotFound", "Forbidden", "Conflict"})


async def test_a_guard_that_lets_all_pass_would_be_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_guard(self: Unasked) -> Asked:
        return self._relations.cell_guard("Customer", self._relations.possible("Customer")), self._values

    monkeypatch.setattr(Unasked, "guard", property(open_guard))
    found, _ = await differences(world)
    assert bool(found) is not world.database.sqlite  # which asks at once


async def counts(world: World) -> list[int]:
    async with world.database.unit_of_work() as work:
        return [(await work.rows(one))[0][0] for one in COUNTED]


async def test_who_is_refused_has_done_nothing(world: World) -> None:
    before = await counts(world)
    for name, error in (("li", NotFound), ("zhao", Forbidden)):
        with pytest.raises(error):
            async with world.database.unit_of_work() as work:
                await CustomerService(work, world.viewer("salesperson"), "CNY").record_purchase(
                    world.customers[name], PAID
                )
    assert await counts(world) == before


async def test_a_customer_who_is_handed_over_meanwhile_is_not_written(world: World) -> None:
    """On PostgreSQL the right is asked in the statement that writes; on SQLite the other one has to wait."""
    key, alone = world.customers["wang"], world.database.sqlite
    before = await counts(world)

    async def hand_over() -> None:
        async with world.database.unit_of_work() as work:
            row = await work.session.get_one(Customer, key)
            row.owner_id = world.employees["salesperson_west"]
            row.department_id = world.departments["west"]

    async def record_late() -> None:
        async with world.database.unit_of_work() as work:
            await record(work, world.viewer("salesperson"), key, None)
            done, _ = await asyncio.wait([other], timeout=0.1 if alone else None)
            assert bool(done) is not alone

    other = asyncio.create_task(hand_over())
    with nullcontext() if alone else pytest.raises(NotFound):
        await record_late()
    await other
    assert (await counts(world))[0] == before[0] + alone


async def test_a_trial_is_refused_too(world: World) -> None:
    """A service takes its session's work back when it was asked only to try."""

    async def attempt() -> None:
        async with world.database.unit_of_work() as work:
            await standing_of(
                work, world.viewer("salesperson"), RECORD_PURCHASE, Customer, world.customers["li"], CUSTOMER
            )
            await work.session.rollback()

    with pytest.raises(NotFound):
        await attempt()


@pytest.mark.parametrize("way", ["rows", "read", "session"])
async def test_nothing_else_is_asked_before_the_right(world: World, way: str) -> None:
    async def record_and_ask() -> None:
        async with world.database.unit_of_work() as work:
            await record(work, world.viewer("salesperson"), world.customers["li"], None)
            if way == "session":
                await work.session.scalar(sa.select(Purchase.id))
            else:
                await getattr(work, way)(COUNTED[0])

    with counted(world.database) as sql, pytest.raises(NotFound):
        await record_and_ask()
    assert len(sql) == 1
    assert "FROM customers" in sql[0]


async def test_the_right_comes_before_other_reasons(world: World) -> None:
    """A bad value, and what a plugin's rule says of the row, are not told of a customer who is not seen."""

    async def refuse(_: Writing[Purchase]) -> Refusal:
        return Refusal(Text("too dear", "太贵"))

    world.database.services.add(Validators([Validator("dear", Text("not dear", "不贵"), Purchase, refuse)]))
    viewer = world.viewer("salesperson")
    for given in ({**PAID, "quantity": 0}, PAID):
        with pytest.raises(NotFound):
            async with world.database.unit_of_work() as work:
                await CustomerService(work, viewer, "CNY").record_purchase(world.customers["li"], given)
    with pytest.raises(InvalidInput):
        async with world.database.unit_of_work() as work:
            await CustomerService(work, viewer, "CNY").record_purchase(
                world.customers["wang"], {**PAID, "quantity": 0}
            )


async def test_a_right_that_nobody_has_is_asked_at_once(world: World) -> None:
    """Which of the two answers it is has to be known."""
    for name, code in (("li", "NotFound"), ("wang", "Forbidden")):
        viewer, key = world.viewer("salesperson", SEEN_BUT_NOT_MINE), world.customers[name]
        with counted(world.database) as sql:
            assert (await outcome(world, viewer, key, None, at_once=False))[0] == code
        assert len(sql) == 1


@pytest.mark.parametrize("name", ["li", "zhao"])
async def test_whoever_keeps_the_refusal_to_himself_writes_nothing(world: World, name: str) -> None:
    before = await counts(world)

    async def record_and_go_on() -> None:
        async with world.database.unit_of_work() as work:
            with suppress(NotFound, Forbidden):
                await record(work, world.viewer("salesperson"), world.customers[name], None)
                await work.read(COUNTED[0])
            with suppress(NotFound, Forbidden):
                await record(work, world.viewer("salesperson"), world.customers["wang"], None)

    with pytest.raises((NotFound, Forbidden)):
        await record_and_go_on()
    assert await counts(world) == before


async def test_a_right_without_a_write_is_asked_all_the_same(world: World) -> None:
    with pytest.raises(NotFound):
        async with world.database.unit_of_work() as work:
            await standing_of(
                work,
                world.viewer("salesperson"),
                RECORD_PURCHASE,
                Customer,
                world.customers["li"],
                CUSTOMER,
            )
