"""BEY-10: whatever is altered, removed or inserted is named at its place."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.audit.chain import ANCHORS
from core.audit.choices import AuditKind
from core.audit.service import Audit
from core.audit.verifying.findings import Fault
from core.audit.verifying.service import verify
from tests.core.audit.evidence import (
    CHAINS,
    CUSTOMERS,
    RECORDS,
    chain_of,
    forged,
    found,
    process,
    read,
    rows,
    tamper,
    write,
)
from tests.core.world import World

r, c = RECORDS.c, CHAINS.c
LATER = ANCHORS + dt.timedelta(seconds=1)


def pass_time(world: World) -> None:
    world.database.clock.advance(LATER)  # type: ignore[attr-defined]


async def filled(world: World) -> tuple[UUID, UUID]:
    """Two chains: six records each, at the end of each what the other one's was."""
    one, two = process(world.database), process(world.database)
    for _ in range(3):
        await read(world, one, "wang", "li")
        await write(world)
        await two.tick()
        await read(world, two, "zhao")
    pass_time(world)
    await one.tick()
    await two.tick()
    return chain_of(one), chain_of(two)


def of(chain: UUID, number: int) -> Any:
    return sa.and_(r.chain_id == chain, r.number == number)


async def test_untouched(world: World) -> None:
    await filled(world)
    report = await verify(world.database)
    assert not report.findings
    assert report.records == len(await rows(world.database))
    kinds = [row["kind"] for row in await rows(world.database)]
    assert kinds.count(AuditKind.ANCHOR) >= 2
    assert {AuditKind.READ, AuditKind.WRITE} <= set(kinds)


@pytest.mark.parametrize(
    "column",
    [name for name in r.keys() if name not in {"id", "chain_id", "number", "link"}],  # noqa: SIM118
)
async def test_an_altered_column(world: World, column: str) -> None:
    """Each of them, to a value that the database takes."""
    first, _ = await filled(world)
    old = next(row for row in await rows(world.database) if (row["chain_id"], row["number"]) == (first, 2))
    new: Any = {
        "at": lambda: old["at"] + dt.timedelta(microseconds=1),
        "kind": lambda: AuditKind.SIGN_IN,
        "employee_id": lambda: world.employees["leader"],
        "department_id": lambda: world.departments["west"],
        "fields": lambda: ["Customer.name"],
        "before": lambda: {"phone": "x"},
        "after": lambda: {"phone": "y"},
        "purpose": lambda: "CARE",
        "customer_count": lambda: 9,
        "calls": lambda: 9,
        "emergency_id": lambda: old["id"],
        "row_id": lambda: old["id"],
    }.get(column, lambda: b"x" * 16 if isinstance(old[column], bytes) else "another")()
    given = sa.literal(new) if column == "purpose" else new
    if column == "purpose":
        given = sa.type_coerce(sa.literal("CARE"), sa.String)
    await tamper(world.database, sa.update(RECORDS).where(of(first, 2)).values({column: given}))
    content = {"fields", "before", "after", "salt"}
    fault = Fault.CONTENT if column in content else Fault.ALTERED
    assert (await found(world.database))[0] == (fault, first, 2)


async def test_a_record_deleted_in_the_middle(world: World) -> None:
    first, _ = await filled(world)
    await tamper(world.database, sa.delete(RECORDS).where(of(first, 3)))
    report = await verify(world.database)
    place = report.findings[0]
    assert (place.fault, place.chain, place.number) == (Fault.REMOVED, first, 3)
    assert place.at is not None


async def test_a_deleted_record_whose_gap_was_closed(world: World) -> None:
    first, _ = await filled(world)
    await tamper(
        world.database,
        sa.delete(RECORDS).where(of(first, 3)),
        sa.update(RECORDS).where(of(first, 4)).values(number=3),
    )
    assert (await found(world.database))[0] == (Fault.OUT_OF_PLACE, first, 3)


async def cut(world: World, chain: UUID, at: int) -> None:
    """A chain is cut short, and its row set to what it was then."""
    link = next(
        row["link"] for row in await rows(world.database) if (row["chain_id"], row["number"]) == (chain, at)
    )
    await tamper(
        world.database,
        sa.delete(RECORDS).where(r.chain_id == chain, r.number > at),
        sa.update(CHAINS).where(c.id == chain).values(number=at, link=link, anchored_number=at),
    )


async def test_a_deleted_end(world: World) -> None:
    first, _ = await filled(world)
    newest = max(row["number"] for row in await rows(world.database) if row["chain_id"] == first)
    await tamper(world.database, sa.delete(RECORDS).where(of(first, newest)))
    assert (await found(world.database))[0] == (Fault.REMOVED, first, newest)


async def test_an_end_deleted_below_what_another_chain_names(world: World) -> None:
    first, _ = await filled(world)
    await cut(world, first, 2)
    assert (await found(world.database))[0] == (Fault.REMOVED, first, 3)


async def test_an_end_exchanged_below_what_another_chain_names(world: World) -> None:
    """The process goes on writing where the intruder made room."""
    database = world.database
    one, two = process(database), process(database)
    await read(world, one, "wang")
    await read(world, one, "li")
    await read(world, two, "zhao")
    pass_time(world)
    await two.tick()
    chain = chain_of(one)
    await cut(world, chain, 1)
    three = process(database)
    three._chain._head = one._chain._head and type(one._chain._head)(
        chain, 1, (await rows(database))[0]["link"]
    )
    await read(world, three, "wang")
    assert (await found(database))[0] == (Fault.ANCHOR, chain, 2)


async def test_a_deleted_chain(world: World) -> None:
    first, _ = await filled(world)
    await tamper(
        world.database,
        sa.delete(RECORDS).where(r.chain_id == first),
        sa.delete(CHAINS).where(c.id == first),
    )
    assert (await found(world.database))[0][:2] == (Fault.NO_CHAIN, first)


async def test_the_end_in_the_chains_row(world: World) -> None:
    first, _ = await filled(world)
    await tamper(world.database, sa.update(CHAINS).where(c.id == first).values(link=b"x" * 32))
    assert [(fault, chain) for fault, chain, _ in await found(world.database)] == [(Fault.END, first)]


async def test_a_forged_record_at_the_end(world: World) -> None:
    first, _ = await filled(world)
    last = [row for row in await rows(world.database) if row["chain_id"] == first][-1]
    new = forged(last, id=world.database.ids.new(), number=last["number"] + 1)
    await tamper(
        world.database,
        sa.insert(RECORDS).values(new),
        sa.update(CHAINS).where(c.id == first).values(number=new["number"], link=new["link"]),
    )
    assert (await found(world.database))[0] == (Fault.ALTERED, first, new["number"])


async def test_a_forged_record_behind_the_end(world: World) -> None:
    first, _ = await filled(world)
    last = [row for row in await rows(world.database) if row["chain_id"] == first][-1]
    new = forged(last, id=world.database.ids.new(), number=last["number"] + 1)
    await tamper(world.database, sa.insert(RECORDS).values(new))
    assert await found(world.database) == [(Fault.BEYOND, first, new["number"])]


async def test_a_copy_of_a_sound_record_in_another_place(world: World) -> None:
    """Its digest is right, for it is the same; but a key is there once, and so is a link."""
    first, _ = await filled(world)
    old = next(row for row in await rows(world.database) if (row["chain_id"], row["number"]) == (first, 2))
    await tamper(
        world.database,
        sa.delete(RECORDS).where(of(first, 2)),
        sa.insert(RECORDS).values({**old, "id": world.database.ids.new()}),
    )
    assert (await found(world.database))[0] == (Fault.ALTERED, first, 2)


async def test_swapped_numbers(world: World) -> None:
    first, _ = await filled(world)
    await tamper(
        world.database,
        sa.update(RECORDS).where(of(first, 2)).values(number=1000),
        sa.update(RECORDS).where(of(first, 4)).values(number=2),
        sa.update(RECORDS).where(of(first, 1000)).values(number=4),
    )
    assert (await found(world.database))[0] == (Fault.OUT_OF_PLACE, first, 2)


async def test_altered_customers(world: World) -> None:
    first, _ = await filled(world)
    record = next(row for row in await rows(world.database) if (row["chain_id"], row["number"]) == (first, 1))
    n = CUSTOMERS.c
    li, zhao = world.customers["li"], world.customers["zhao"]
    mine = sa.and_(n.record_id == record["id"], n.customer_id == li)
    await tamper(world.database, sa.update(CUSTOMERS).where(mine).values(customer_id=zhao))
    assert await found(world.database) == [(Fault.CONTENT, first, 1)]
    await tamper(world.database, sa.delete(CUSTOMERS).where(n.record_id == record["id"]))
    assert await found(world.database) == [(Fault.CONTENT, first, 1)]


async def test_a_record_moved_to_another_chain(world: World) -> None:
    first, second = await filled(world)
    newest = max(row["number"] for row in await rows(world.database) if row["chain_id"] == second)
    await tamper(
        world.database, sa.update(RECORDS).where(of(first, 2)).values(chain_id=second, number=newest + 1)
    )
    assert (await found(world.database))[0] == (Fault.REMOVED, first, 2)
    assert (Fault.BEYOND, second, newest + 1) in await found(world.database)


async def test_a_forged_record_in_no_chain(world: World) -> None:
    first, _ = await filled(world)
    last = [row for row in await rows(world.database) if row["chain_id"] == first][-1]
    key = world.database.ids.new()
    nowhere = {"chain_id": None, "number": None, "link": None}
    await tamper(world.database, sa.insert(RECORDS).values(forged(last, id=key, **nowhere) | nowhere))
    report = await verify(world.database)
    assert [(one.fault, one.record) for one in report.findings] == [(Fault.FORGED, key)]
    audit: Audit = process(world.database)
    await audit.tick()
    ((fault, chain, _),) = await found(world.database)
    assert (fault, chain) == (Fault.ALTERED, chain_of(audit))


async def test_content_that_somebody_took_away(world: World) -> None:
    first, _ = await filled(world)
    record = next(row for row in await rows(world.database) if (row["chain_id"], row["number"]) == (first, 1))
    gone = dict.fromkeys(("fields", "before", "after", "salt"))
    await tamper(
        world.database,
        sa.update(RECORDS).where(of(first, 1)).values(gone),
        sa.delete(CUSTOMERS).where(CUSTOMERS.c.record_id == record["id"]),
    )
    assert await found(world.database) == [(Fault.ERASED, first, 1)]


async def test_a_beginning_that_somebody_took_away(world: World) -> None:
    first, _ = await filled(world)
    link = next(
        row["link"] for row in await rows(world.database) if (row["chain_id"], row["number"]) == (first, 2)
    )
    pruned = {"pruned_number": 2, "pruned_link": link}
    await tamper(
        world.database,
        sa.delete(RECORDS).where(r.chain_id == first, r.number <= 2),
        sa.update(CHAINS).where(c.id == first).values(pruned),
    )
    assert await found(world.database) == [(Fault.PRUNED, first, 1)]


async def test_a_chain_that_only_claims_to_be_named(world: World) -> None:
    """Otherwise whoever sets that number keeps the others from naming its end."""
    audit = process(world.database)
    await read(world, audit, "wang")
    chain = chain_of(audit)
    await tamper(world.database, sa.update(CHAINS).where(c.id == chain).values(anchored_number=1))
    assert await found(world.database) == [(Fault.NO_ANCHOR, chain, 1)]
    await tamper(world.database, sa.update(CHAINS).where(c.id == chain).values(anchored_number=9))
    assert await found(world.database) == [(Fault.NO_ANCHOR, chain, 9)]
