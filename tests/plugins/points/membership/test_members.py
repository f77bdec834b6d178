"""Joining, leaving, levels; on both databases (PTS-1)."""

import asyncio
from fractions import Fraction

import pytest
import sqlalchemy as sa

from core.customers.choices import Collection
from core.errors import Conflict, Forbidden, NotFound
from plugins.points.errors import NotAMember
from plugins.points.ledger.models import PointsAccount
from plugins.points.ledger.service import Ledger
from plugins.points.membership.choices import PointsLevelReason
from plugins.points.membership.jobs import LEVELS
from plugins.points.membership.levels import Levels
from plugins.points.membership.models import PointsLevel, PointsLevelChange, PointsMember
from plugins.points.membership.service import Membership, multipliers
from plugins.points.settings import PointsSettings
from tests.plugins.points.programme import DAY, SYSTEM, Programme, viewer

MAY = (
    ("type:Customer", "read", "own"),
    ("type:PointsMember", "enrol", "own"),
    ("type:PointsMember", "read", "own"),
)


async def changes(programme: Programme) -> list[tuple[PointsLevelReason, int]]:
    rows = await programme.rows(PointsLevelChange, PointsLevelChange.at, PointsLevelChange.id)
    return [(row.reason, row.earned) for row in rows]


async def test_a_customer_joins_once(programme: Programme) -> None:
    wang = programme.world.customers["wang"]
    await programme.earn("wang", 150)
    await programme.join("wang")
    first = await programme.member("wang")
    await programme.join("wang")
    assert (await programme.member("wang")).id == first.id
    assert (len(first.number), first.left_at) == (12, None)
    assert await programme.level("wang") == "silver"
    assert await changes(programme) == [(PointsLevelReason.JOINED, 150)]
    async with programme.work() as work:
        accounts = sa.select(sa.func.count()).where(PointsAccount.customer_id == wang)
        assert await work.session.scalar(accounts) == 1
        assert await multipliers(work, [wang, programme.world.customers["li"]]) == {wang: Fraction(3, 2)}


async def test_leaving_and_joining_again(programme: Programme) -> None:
    wang = programme.world.customers["wang"]
    await programme.earn("wang", 30)
    with pytest.raises(NotAMember):
        async with programme.work() as work:
            await Membership(work, SYSTEM).leave(wang)
    await programme.join("wang")
    number = (await programme.member("wang")).number
    left = programme.wait(DAY)
    for _ in range(2):
        async with programme.work() as work:
            await Membership(work, SYSTEM).leave(wang)
    gone = await programme.member("wang")
    assert (gone.left_at, gone.level_id, await programme.balance("wang")) == (left, None, 30)
    programme.wait(DAY)
    assert await programme.run(LEVELS) == 1
    assert (await programme.member("wang")).level_id is None
    await programme.join("wang")
    back = await programme.member("wang")
    assert (back.number, back.left_at) == (number, None)
    reasons = [reason.name for reason, _ in await changes(programme)]
    assert reasons == ["JOINED", "LEFT", "REJOINED"]


async def test_numbers_are_unique(programme: Programme) -> None:
    customers = programme.world.customers
    async with programme.work() as work:
        await Membership(work, SYSTEM).join(customers["wang"], Collection.APP, "A-1")
    for name, number in (("wang", "A-2"), ("li", "A-1")):
        with pytest.raises(Conflict) as refused:
            async with programme.work() as work:
                await Membership(work, SYSTEM).join(customers[name], Collection.APP, number)
        assert refused.value.field == "number"


async def test_a_number_that_is_taken_is_drawn_anew(programme: Programme) -> None:
    drawn = iter((5, 5, 6))
    numbers = []
    for name in ("wang", "li"):
        async with programme.work() as work:
            service = Membership(work, SYSTEM, lambda _most: next(drawn))
            numbers.append((await service.join(programme.world.customers[name], Collection.APP)).number)
    assert numbers[0] != numbers[1]


async def test_whoever_enrols_needs_the_right(programme: Programme) -> None:
    world, customers = programme.world, programme.world.customers
    clerk = viewer(world, "salesperson", *MAY)
    async with programme.work() as work:
        await Membership(work, clerk).join(customers["wang"], Collection.STAFF)
    with pytest.raises(NotFound):
        async with programme.work() as work:
            await Membership(work, clerk).join(customers["li"], Collection.STAFF)
    for blind in ((MAY[0], MAY[2]), MAY[:2]):
        with pytest.raises(Forbidden):
            async with programme.work() as work:
                await Membership(work, viewer(world, "salesperson", *blind)).leave(customers["wang"])
        stranger = viewer(world, "salesperson", *blind)
        with pytest.raises(Forbidden):
            async with programme.work() as work:
                await Membership(work, stranger).join(customers["wang"], Collection.STAFF)
    with pytest.raises(Forbidden):
        async with programme.work() as work:
            await Levels(work, clerk).set(programme.levels)


async def test_two_who_enrol_a_customer_at_once(programme: Programme) -> None:
    await asyncio.gather(*(programme.join("wang") for _ in range(4)))
    assert len(await programme.rows(PointsMember)) == 1
    assert len(await changes(programme)) == 1


async def test_grading_writes_only_changes(programme: Programme) -> None:
    programme.world.database.services.add(PointsSettings.model_construct(members_batch=2))
    await programme.join("wang", "li", "zhao")
    programme.wait(DAY)
    await programme.earn("wang", 1_000)
    await programme.earn("li", 99)
    assert await programme.run(LEVELS) == 2
    assert [await programme.level(name) for name in ("wang", "li", "zhao")] == ["gold", "basic", "basic"]
    before = await changes(programme)
    assert before[-1] == (PointsLevelReason.POINTS, 1_000)
    assert len(before) == 4
    await programme.run(LEVELS)
    assert await changes(programme) == before


async def test_points_count_for_the_months_of_the_window(programme: Programme) -> None:
    await programme.join("wang")
    undone = await programme.earn("wang", 500)
    await programme.earn("wang", 100)
    programme.wait(180 * DAY)
    async with programme.work() as work:
        await Ledger(work, SYSTEM).reverse(undone, "returned", "r")
        await Ledger(work, SYSTEM).adjust(programme.world.customers["wang"], 5_000, "a present", "a")
    await programme.run(LEVELS)
    assert await programme.level("wang") == "silver"
    programme.wait(186 * DAY)
    await programme.run(LEVELS)
    assert await programme.level("wang") == "basic"


async def test_levels_change_places_and_retire(programme: Programme) -> None:
    await programme.earn("wang", 100)
    await programme.join("wang")
    basic, silver, gold = programme.levels
    await programme.set_levels([{**gold, "points_needed": 0}, {**basic, "points_needed": 50}])
    rows = await programme.rows(PointsLevel, PointsLevel.code)
    assert {row.code: (row.rank, row.points_needed, row.retired_at is None) for row in rows} == {
        "basic": (2, 50, True),
        "gold": (1, 0, True),
        "silver": (2, 100, False),
    }
    await programme.run(LEVELS)
    assert await programme.level("wang") == "basic"
    await programme.set_levels([basic, {**silver, "code": " silver "}])
    await programme.run(LEVELS)
    assert await programme.level("wang") == "silver"
