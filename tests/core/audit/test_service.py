"""ACC-3, BEY-10: what is noted is written in groups and linked; nothing goes unseen."""

import asyncio
import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.access.purposes import Purpose
from core.audit import memory
from core.audit.chain import ANCHORS
from core.audit.choices import AuditKind
from core.audit.entries import digits
from core.audit.memory import AGAIN
from core.audit.service import Audit, auditing
from core.audit.verifying.service import verify
from core.customers.models import Customer
from core.errors import Unavailable
from tests.core.audit.evidence import (
    CHAINS,
    CUSTOMERS,
    FIELDS,
    RECORDS,
    chain_of,
    keys,
    process,
    read,
    rows,
    tamper,
    write,
)
from tests.core.world import World


@pytest.fixture
def audit(world: World) -> Audit:
    return process(world.database)


async def test_readings_are_grouped(world: World, audit: Audit) -> None:
    """Who, which fields of which customers, by which operation, for what purpose."""
    viewer, wang, li = world.viewer("salesperson"), world.customers["wang"], world.customers["li"]
    audit.note_read(viewer, "Q", FIELDS, keys(world, "wang", "li"))
    audit.note_read(viewer, "Q", FIELDS, {*keys(world, "li", "wang")})
    audit.note_read(viewer, "Other", FIELDS, ())
    await audit.flush()
    one, other = await rows(world.database)
    assert (one["kind"], one["calls"], one["customer_count"], one["fields"]) == (
        AuditKind.READ,
        2,
        2,
        [*FIELDS],
    )
    assert (one["employee_id"], one["department_id"]) == (viewer.employee, world.departments["east"])
    assert (one["subject"], one["role"], one["operation"]) == ("salesperson", "salesperson", "Q")
    assert (other["operation"], other["calls"], other["number"]) == ("Other", 1, 2)
    of_one = {r["customer_id"] for r in await rows(world.database, CUSTOMERS) if r["record_id"] == one["id"]}
    assert of_one == {wang, li}


async def test_each_record_names_whom_its_readings_showed(world: World, audit: Audit) -> None:
    """A record without customers counts as a use of every relation: see `core.reviews.usage`."""
    for _ in range(3):
        await read(world, audit, "wang", "li")
    named = [row["record_id"] for row in await rows(world.database, CUSTOMERS)]
    assert [named.count(one["id"]) for one in await rows(world.database)] == [2, 2, 2]


async def test_who_reads_the_same_again_is_counted_for_a_minute(world: World, audit: Audit) -> None:
    """The first reading is on record at once, whom the others showed when the minute is over."""
    viewer, wang, li = world.viewer("salesperson"), world.customers["wang"], world.customers["li"]
    begun = world.database.clock.now()
    for customers in (["wang", "li"], ["wang"], ["li"], ["li"]):
        world.database.clock.advance(AGAIN / 10)  # type: ignore[attr-defined]
        audit.note_read(viewer, "Q", FIELDS, keys(world, *customers))
        await audit.tick()
    audit.note_read(viewer, "Other", FIELDS, keys(world, "li"))
    audit.note_read(viewer, "Q", FIELDS, ())
    await audit.tick()
    first, other, nobody = await rows(world.database)
    assert (first["calls"], first["customer_count"], first["at"] - begun) == (1, 2, AGAIN / 10)
    assert (other["operation"], nobody["customer_count"]) == ("Other", 0)
    world.database.clock.advance(AGAIN)  # type: ignore[attr-defined]
    await audit.tick()
    *_, again = await rows(world.database)
    assert (again["operation"], again["calls"], again["at"] - begun) == ("Q", 3, AGAIN / 5)
    named = [
        one["customer_id"] for one in await rows(world.database, CUSTOMERS) if one["record_id"] == again["id"]
    ]
    assert sorted(named) == sorted([wang, li])
    assert not (await verify(world.database)).findings


async def test_what_was_counted_is_written_at_the_end(world: World, audit: Audit) -> None:
    async with auditing(audit):
        for _ in range(2):
            audit.note_read(world.viewer("salesperson"), "Q", FIELDS, keys(world, "wang"))
            await audit.tick()
        assert len(await rows(world.database)) == 1
    assert len(await rows(world.database)) == 2


async def test_what_is_noted_while_it_links_is_written_at_the_end(
    world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    links, linking = asyncio.Event(), asyncio.Event()

    async def tend() -> None:
        linking.set()
        await links.wait()

    monkeypatch.setattr(audit._chain, "tend", tend)
    async with auditing(audit):
        await linking.wait()
        audit.note_read(world.viewer("salesperson"), "Q", FIELDS, keys(world, "wang"))
        asyncio.get_running_loop().call_later(0.05, links.set)
    assert [row["operation"] for row in await rows(world.database)] == ["Q"]


async def test_what_differs_is_not_grouped(world: World, audit: Audit) -> None:
    viewer = world.viewer("salesperson")
    for one in (
        viewer,
        replace(viewer, purpose=Purpose.CARE),
        replace(viewer, emergency=world.database.ids.new()),
        replace(viewer, roles=("other",)),
        world.viewer("leader"),
    ):
        audit.note_read(one, "Q", FIELDS, ())
        audit.note_refusal(one, "Q", "FORBIDDEN", "phone")
        audit.note_sign_in(one)
    await audit.flush()
    found = await rows(world.database)
    kinds = [row["kind"] for row in found]
    assert [kinds.count(k) for k in (AuditKind.READ, AuditKind.UNMASK)] == [4, 1]
    assert [kinds.count(k) for k in (AuditKind.REFUSAL, AuditKind.SIGN_IN)] == [5, 5]
    refused = next(row for row in found if row["kind"] is AuditKind.REFUSAL)
    assert (refused["about"], refused["fields"]) == ("FORBIDDEN", ["phone"])


async def test_an_export_waits_for_its_record(world: World, audit: Audit) -> None:
    audit.note_read(world.viewer("salesperson"), "Q", FIELDS, ())
    await audit.write_now(
        world.viewer("salesperson"), AuditKind.EXPORT, "E", FIELDS, keys(world, "li"), {"rows": 1}
    )
    assert [row["kind"] for row in await rows(world.database)] == [AuditKind.READ, AuditKind.EXPORT]
    assert (await rows(world.database))[1]["after"] == {"rows": 1}


async def test_many_exports_at_once_are_written_together(world: World, audit: Audit) -> None:
    viewer = world.viewer("salesperson")
    await asyncio.gather(*(audit.write_now(viewer, AuditKind.EXPORT, f"E{i}", (), ()) for i in range(20)))
    assert {row["operation"] for row in await rows(world.database)} == {f"E{i}" for i in range(20)}
    assert not (await verify(world.database)).findings


async def test_where_the_database_is_away_nothing_is_lost(
    world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = world.viewer("salesperson")
    audit.note_read(viewer, "Q", FIELDS, keys(world, "wang"))

    async def away(*_args: object) -> None:
        audit.note_read(viewer, "Q", FIELDS, keys(world, "li"))
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(audit._chain, "write", away)
        with pytest.raises(Unavailable):
            await audit.flush()
    await audit.flush()
    (row,) = await rows(world.database)
    assert (row["calls"], row["customer_count"]) == (2, 2)


async def test_a_full_memory(world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = world.viewer("salesperson")
    monkeypatch.setattr(memory, "MOST_GROUPS", 3)
    for i in range(3):
        assert not audit.full
        audit.note_read(viewer, f"Q{i}", FIELDS, ())
    assert audit.full
    for i in range(9):  # names that clients make up fill no memory
        audit.note_refusal(viewer, f"R{i}", "FORBIDDEN", f"field{i}")
    assert len(audit._memory) == 4
    await audit.flush()
    assert [row["calls"] for row in await rows(world.database)] == [1, 1, 1, 9]
    assert not audit.full
    monkeypatch.setattr(memory, "MOST_CUSTOMERS", 4)
    for name in ("li", "zhao"):
        assert not audit.full
        audit.note_read(viewer, "Q", FIELDS, keys(world, "wang", name))
    assert audit.full
    await audit.flush()
    assert not audit.full


async def test_what_is_written_is_linked_by_any_process(world: World, audit: Audit) -> None:
    """A process is killed between its commit and the linking."""
    for _ in range(3):
        await write(world)
    assert {row["chain_id"] for row in await rows(world.database)} == {None}
    report = await verify(world.database)
    assert (report.unlinked, report.findings) == (3, [])
    await audit.tick()
    found = await rows(world.database)
    assert [(row["chain_id"], row["number"]) for row in found] == [(chain_of(audit), n) for n in (1, 2, 3)]
    assert {row["department_id"] for row in found} == {world.departments["east"]}
    assert not (await verify(world.database)).findings


async def test_two_processes_at_once(world: World) -> None:
    one, two = process(world.database), process(world.database)

    async def act(audit: Audit, role: str) -> None:
        for _ in range(10):
            await write(world, role)
            audit.note_read(world.viewer(role), "Q", FIELDS, keys(world, "wang"))
            await audit.tick()

    await asyncio.gather(act(one, "salesperson"), act(two, "leader"))
    await one.tick()
    report = await verify(world.database)
    assert (report.findings, report.unlinked, len(report.ends)) == ([], 0, 2)
    assert sum(row["kind"] is AuditKind.WRITE for row in await rows(world.database)) == 20


async def test_idle_processes_do_not_name_each_other_for_ever(world: World) -> None:
    one, two = process(world.database), process(world.database)
    await read(world, one, "wang")
    await read(world, two, "li")
    for _ in range(6):
        world.database.clock.advance(ANCHORS)  # type: ignore[attr-defined]
        await one.tick()
        await two.tick()
    anchors = [row for row in await rows(world.database) if row["kind"] is AuditKind.ANCHOR]
    assert len(anchors) == 2
    assert not (await verify(world.database)).findings


async def test_a_chain_changed_behind_its_back(world: World, audit: Audit) -> None:
    """The process begins another one, which names the end that it remembers."""
    for name in ("wang", "li", "zhao"):
        await read(world, audit, name)
    chain = chain_of(audit)
    first = (await rows(world.database))[0]
    await tamper(
        world.database,
        sa.delete(RECORDS).where(RECORDS.c.id != first["id"]),
        sa.update(CHAINS).where(CHAINS.c.id == chain).values(number=1, link=first["link"]),
    )
    await read(world, audit, "wang")
    assert chain_of(audit) != chain
    (finding,) = (await verify(world.database)).findings
    assert (finding.chain, finding.number) == (chain, 2)


async def test_a_commit_that_failed_and_happened_all_the_same(world: World, audit: Audit) -> None:
    await read(world, audit, "wang")
    chain, before = chain_of(audit), audit._chain._head
    await read(world, audit, "li")
    audit._chain._attempt, audit._chain._head = audit._chain._head, before
    await read(world, audit, "zhao")
    assert chain_of(audit) == chain
    assert not (await verify(world.database)).findings


async def test_a_commit_that_failed_and_then_nothing_to_write(
    world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read(world, audit, "wang")
    chain = chain_of(audit)

    async def away(*_args: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr("core.audit.chain.place", away)
        with pytest.raises(Unavailable):
            await read(world, audit, "li")
    await audit._chain.write(())
    await audit.flush()
    assert chain_of(audit) == chain
    assert [row["number"] for row in await rows(world.database)] == [1, 2]
    assert not (await verify(world.database)).findings


async def test_who_is_gone_by_now_holds_nothing_up(world: World, audit: Audit) -> None:
    gone, wang = world.database.ids.new(), world.customers["wang"]
    audit.note_read(world.viewer("salesperson"), "Q", FIELDS, [digits(gone), digits(wang)])
    audit.note_read(replace(world.viewer("leader"), employee=gone), "Q", FIELDS, ())
    await audit.flush()
    first, second = await rows(world.database)
    assert {one["customer_id"] for one in await rows(world.database, CUSTOMERS)} == {gone, wang}
    assert (first["customer_count"], second["employee_id"], second["subject"]) == (2, None, "leader")
    assert not (await verify(world.database)).findings


async def until_linked(world: World, count: int) -> None:
    async with asyncio.timeout(20):
        while len([row for row in await rows(world.database) if row["chain_id"]]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_while_it_runs_and_once_more_at_its_end(
    world: World, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.audit.service.EVERY", 0.02)
    async with auditing(audit):
        audit.note_read(world.viewer("salesperson"), "Q", FIELDS, ())
        await write(world)
        await until_linked(world, 2)
        monkeypatch.setattr("core.audit.service.EVERY", 60)
        await asyncio.sleep(0.05)
        audit.note_read(world.viewer("salesperson"), "Last", FIELDS, ())
    assert (await rows(world.database))[-1]["operation"] == "Last"


async def test_a_flush_of_many_is_quick_and_lets_others_have_their_turn(world: World, audit: Audit) -> None:
    """100 groups with 5,000 customers. What is measured is generous: machines are busy."""
    async with world.database.unit_of_work() as work:
        wang = dict((await work.session.execute(sa.select(Customer.__table__))).mappings().all()[0])
        many = [wang | {"id": work.ids.new(), "number": f"N{i}"} for i in range(5_000)]
        marks = [digits(one["id"]) for one in many]
        await work.session.execute(sa.insert(Customer), many)
    viewer = world.viewer("salesperson")
    for i in range(100):
        audit.note_read(viewer, f"Q{i}", FIELDS, marks[i * 50 : i * 50 + 50])
    longest, running = 0.0, True

    async def watch() -> None:
        nonlocal longest
        while running:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    before, longest = time.perf_counter(), 0.0
    await audit.flush()
    took, running = time.perf_counter() - before, False
    await watching
    assert len(await rows(world.database, CUSTOMERS)) == 5_000
    assert took < 5
    assert longest < 1
