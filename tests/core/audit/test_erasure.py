"""Erasing and forgetting leave chains that verify, and say what they did (BEY-10)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.erasure import erase_customer, erase_record
from core.audit.retention import prune
from core.audit.service import Audit
from core.audit.verifying.findings import Fault
from core.audit.verifying.service import verify
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.core.audit.evidence import (
    CHAINS,
    CUSTOMERS,
    RECORDS,
    chain_of,
    found,
    process,
    read,
    rows,
    tamper,
    write,
)
from tests.core.world import World

DAY = dt.timedelta(days=1)
CONTENT = ("fields", "before", "after", "salt")
WHY = "the customer asked for it"


@pytest.fixture
async def audit(world: World) -> Audit:
    """A reading of two customers, one of one of them, a change of that one."""
    audit = process(world.database)
    await read(world, audit, "wang", "li")
    await read(world, audit, "wang")
    await write(world)
    await audit.tick()
    return audit


async def erase(world: World, name: str) -> int:
    async with world.database.unit_of_work() as work:
        return await erase_customer(work, world.operator(), world.customers[name], WHY)


async def numbered(world: World, number: int) -> Mapping[str, Any]:
    return next(row for row in await rows(world.database) if row["number"] == number)


async def test_a_customer_is_erased_and_others_stay(world: World, audit: Audit) -> None:
    before = await numbered(world, 1)
    assert await erase(world, "wang") == 3
    shared = await numbered(world, 1)
    assert (shared["fields"], shared["content"]) == (before["fields"], before["content"])
    assert shared["salt"] not in {None, before["salt"]}
    for number in (2, 3):
        row = await numbered(world, number)
        assert [row[name] for name in CONTENT] == [None] * 4
        assert row["employee_id"]
    left = await rows(world.database, CUSTOMERS)
    assert [row["customer_id"] for row in left] == [world.customers["li"]]
    assert not (await verify(world.database)).findings
    await audit.tick()
    assert not (await verify(world.database)).findings
    said = await numbered(world, 4)
    assert (said["kind"], said["subject"], said["after"]["reason"]) == (AuditKind.ERASURE, "operator", WHY)
    assert await erase(world, "wang") == 0


async def test_first_one_then_the_other_then_the_record(world: World, audit: Audit) -> None:
    await erase(world, "li")
    await audit.tick()
    await erase(world, "wang")
    assert (await numbered(world, 1))["salt"] is None
    assert not (await verify(world.database)).findings


async def test_an_altered_content_is_not_made_good_by_erasing(world: World, audit: Audit) -> None:
    """The record of the erasure says what it found, too."""
    chain = chain_of(audit)
    await tamper(
        world.database, sa.update(RECORDS).where(RECORDS.c.number == 1).values(fields=["Customer.name"])
    )
    await erase(world, "li")
    assert await found(world.database) == [(Fault.CONTENT, chain, 1)]
    await erase(world, "wang")
    assert await found(world.database) == [(Fault.ERASED, chain, 1)]


async def test_content_that_comes_back(world: World, audit: Audit) -> None:
    old = await numbered(world, 1)
    await erase(world, "wang")
    await tamper(
        world.database, sa.update(RECORDS).where(RECORDS.c.number == 1).values(salt=old["salt"], fields=[])
    )
    assert await found(world.database) == [(Fault.CONTENT, chain_of(audit), 1)]


async def test_a_record_is_erased(world: World, audit: Audit) -> None:
    key = (await numbered(world, 2))["id"]
    async with world.database.unit_of_work() as work:
        await erase_record(work, world.operator(), key, WHY)
    await audit.tick()
    assert (await numbered(world, 2))["salt"] is None
    assert not (await verify(world.database)).findings
    said = await numbered(world, 4)
    for error, wanted, viewer in (
        (Conflict, key, world.operator()),
        (InvalidInput, said["id"], world.operator()),
        (NotFound, world.database.ids.new(), world.operator()),
        (Forbidden, key, world.viewer("leader")),
    ):
        with pytest.raises(error):
            async with world.database.unit_of_work() as work:
                await erase_record(work, viewer, wanted, WHY)
    with pytest.raises(Forbidden):
        async with world.database.unit_of_work() as work:
            await erase_customer(work, world.viewer("leader"), world.customers["wang"], WHY)


async def forget(world: World, days: int) -> bool:
    async with world.database.unit_of_work() as work:
        return await prune(work, world.operator(), work.clock.now() - days * DAY)


def pass_days(world: World, days: int) -> None:
    world.database.clock.advance(days * DAY)  # type: ignore[attr-defined]


async def test_records_go_after_their_time(world: World, audit: Audit) -> None:
    other = process(world.database)
    await read(world, other, "zhao")
    pass_days(world, 20)
    await read(world, audit, "wang")
    await audit.tick()
    pass_days(world, 20)
    assert not await forget(world, 30)
    assert not (await verify(world.database)).findings
    await audit.tick()
    assert {row["at"] for row in await rows(world.database) if row["kind"] is not AuditKind.ERASURE} == {
        world.database.clock.now() - 20 * DAY
    }
    (chain,) = await rows(world.database, CHAINS)
    assert (chain["id"], chain["pruned_number"]) == (chain_of(audit), 3)
    assert not await forget(world, 30)
    pass_days(world, 15)
    await read(world, audit, "li")
    assert not await forget(world, 30)
    await audit.tick()
    assert not (await verify(world.database)).findings


async def test_they_go_in_parts(world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.audit.retention.BATCH", 2)
    for _ in range(3):
        pass_days(world, 1)
        await read(world, audit, "wang")
        await read(world, process(world.database), "li")
    pass_days(world, 50)
    parts = 0
    while await forget(world, 30):
        assert not (await verify(world.database)).findings
        parts += 1
    assert parts >= 3
    assert {row["kind"] for row in await rows(world.database)} == {AuditKind.ERASURE}
    await audit.tick()
    assert not (await verify(world.database)).findings


async def test_an_erasure_is_remembered_as_long_as_what_it_speaks_of(world: World, audit: Audit) -> None:
    pass_days(world, 5)
    await erase(world, "wang")
    await audit.tick()
    for days in range(45):
        pass_days(world, 1)
        await forget(world, 30)
        await audit.tick()
        assert not (await verify(world.database)).findings, days
