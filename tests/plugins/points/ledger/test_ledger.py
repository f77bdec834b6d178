"""The ledger's acts, on both databases (PTS-2, PRM-9)."""

import datetime as dt

import pytest

from core.errors import IdempotencyMismatch, InvalidInput, NotFound
from plugins.points.errors import AlreadyReversed, InsufficientPoints, NotPending, NotReversible
from plugins.points.ledger.service import Earning
from plugins.points.ledger.verify import verify
from tests.core.world import World
from tests.databases import NOW
from tests.plugins.points.ledger.parts import GIFT, PURCHASE, figures, later, ledger_of


async def sound(world: World) -> bool:
    async with world.database.unit_of_work() as work:
        assert await verify(work) == []
    return True


async def test_earned_and_redeemed(world: World) -> None:
    wang = world.customers["wang"]
    async with ledger_of(world.database) as ledger:
        earned = await ledger.earn(wang, 100, PURCHASE, "p1")
        assert (earned.points, earned.fresh) == (100, True)
        spent = await ledger.redeem(wang, 30, GIFT, "r1")
        assert spent.points == -30
        with pytest.raises(InsufficientPoints):
            await ledger.redeem(wang, 71, GIFT, "r2")
        with pytest.raises(InsufficientPoints):
            await ledger.redeem(world.customers["li"], 1, GIFT, "r3")
    assert await figures(world.database, wang) == (70, 0, 0)
    assert await sound(world)


async def test_a_key_is_entered_once(world: World) -> None:
    wang, li = world.customers["wang"], world.customers["li"]
    async with ledger_of(world.database) as ledger:
        first = await ledger.earn(wang, 100, PURCHASE, "p1")
        spent = await ledger.redeem(wang, 30, GIFT, "p1")
        mended = await ledger.adjust(wang, -5, "a mistake", "p1")
    async with ledger_of(world.database) as ledger:
        again = await ledger.earn(wang, 100, PURCHASE, "p1")
        assert (again.id, again.fresh) == (first.id, False)
        assert (await ledger.redeem(wang, 30, GIFT, "p1")).id == spent.id
        assert (await ledger.adjust(wang, -5, "a mistake", "p1")).id == mended.id
        for customer, points in ((wang, 101), (li, 100)):
            with pytest.raises(IdempotencyMismatch):
                await ledger.earn(customer, points, PURCHASE, "p1")
        with pytest.raises(IdempotencyMismatch):
            await ledger.redeem(wang, 31, GIFT, "p1")
        twice = [Earning(wang, 7, PURCHASE, "p2"), Earning(wang, 7, PURCHASE, "p2")]
        one, other = await ledger.earn_many(twice)
        assert one.id == other.id
        with pytest.raises(IdempotencyMismatch):
            await ledger.earn_many([Earning(wang, 7, PURCHASE, "p3"), Earning(wang, 8, PURCHASE, "p3")])
    assert await figures(world.database, wang) == (72, 0, 0)
    assert await sound(world)


async def test_spent_first_what_expires_first(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        await ledger.earn(wang, 10, PURCHASE, "never")
        await ledger.earn(wang, 10, PURCHASE, "late", expires_at=NOW + dt.timedelta(days=20))
        await ledger.earn(wang, 10, PURCHASE, "soon", expires_at=NOW + dt.timedelta(days=10))
        await ledger.redeem(wang, 15, GIFT, "r1")
    now = later(database, days=15)
    async with ledger_of(database) as ledger:
        assert await ledger.expire(now, 100) == 0
    assert await figures(database, wang) == (15, 0, 0)
    now = later(database, days=5)
    async with ledger_of(database) as ledger:
        with pytest.raises(InsufficientPoints):  # what ended is not spent, though no job came by yet
            await ledger.redeem(wang, 11, GIFT, "r2")
        assert await ledger.expire(now, 100) == 1
        assert await ledger.expire(now, 100) == 0
    assert await figures(database, wang) == (10, 0, 0)
    assert await sound(world)


async def test_expired_in_batches(world: World) -> None:
    database = world.database
    async with ledger_of(database) as ledger:
        for place, customer in enumerate(world.customers.values()):
            for part in range(2):
                await ledger.earn(
                    customer, 5, PURCHASE, f"{place}.{part}", expires_at=NOW + dt.timedelta(hours=place)
                )
    now = later(database, days=1)
    async with ledger_of(database) as ledger:
        assert [await ledger.expire(now, 4) for _ in range(3)] == [4, 2, 0]
    assert await sound(world)


async def test_pending_points_wait(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    due = NOW + dt.timedelta(days=7)
    async with ledger_of(database) as ledger:
        earned = await ledger.earn(wang, 50, PURCHASE, "p1", pending=True)
        dated = Earning(wang, 20, PURCHASE, "p2", pending=True, available_at=due)
        await ledger.earn_many([dated])
        with pytest.raises(InsufficientPoints):
            await ledger.redeem(wang, 1, GIFT, "r1")
        assert await ledger.confirm_due(NOW, 10) == 0
        first = await ledger.confirm(earned.id)
        assert first.fresh
        assert (await ledger.confirm(earned.id)).id == first.id
        with pytest.raises(NotPending):
            await ledger.confirm(first.id)
    assert await figures(database, wang) == (50, 20, 0)
    now = later(database, days=7)
    async with ledger_of(database) as ledger:
        assert await ledger.confirm_due(now, 10) == 1
        assert await ledger.confirm_due(now, 10) == 0
    assert await figures(database, wang) == (70, 0, 0)
    assert await sound(world)


async def test_adjusted_with_a_reason(world: World) -> None:
    wang = world.customers["wang"]
    async with ledger_of(world.database) as ledger:
        for nothing in ("  ", "\u3164", "\u200b", "…"):
            with pytest.raises(InvalidInput, match="reason: say why"):
                await ledger.adjust(wang, 5, nothing, "a1")
        with pytest.raises(InvalidInput, match="points"):
            await ledger.adjust(wang, 0, "nothing", "a1")
        with pytest.raises(InsufficientPoints):
            await ledger.adjust(wang, -1, "too much", "a1")
        await ledger.adjust(wang, 5, "goodwill", "a2")
        await ledger.adjust(wang, -2, "too much goodwill", "a3")
    assert await figures(world.database, wang) == (3, 0, 0)
    assert await sound(world)


async def test_a_redemption_goes_back_to_its_lots(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        await ledger.earn(wang, 10, PURCHASE, "p1", expires_at=NOW + dt.timedelta(days=10))
        await ledger.earn(wang, 10, PURCHASE, "p2")
        spent = await ledger.redeem(wang, 15, GIFT, "r1")
        undone = await ledger.reverse(spent.id, "gift was broken", "u1")
        assert undone.points == 15
        assert (await ledger.reverse(spent.id, "gift was broken", "u1")).id == undone.id
        with pytest.raises(AlreadyReversed):
            await ledger.reverse(spent.id, "gift was broken", "u2")
        with pytest.raises(NotReversible):
            await ledger.reverse(undone.id, "no, it was not", "u3")
    assert await figures(database, wang) == (20, 0, 0)
    now = later(database, days=10)
    async with ledger_of(database) as ledger:
        assert await ledger.expire(now, 10) == 1
    assert await figures(database, wang) == (10, 0, 0)
    assert await sound(world)


async def test_a_purchase_taken_back_after_its_points_were_spent(world: World) -> None:
    """The own lot first, then others; what is missing is owed, and the next earnings settle it."""
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        earned = await ledger.earn(wang, 100, PURCHASE, "p1")
        await ledger.earn(wang, 30, PURCHASE, "p2")
        spent = await ledger.redeem(wang, 90, GIFT, "r1")
        assert (await ledger.reverse(earned.id, "returned", "u1")).points == -100
    assert await figures(database, wang) == (0, 0, 60)
    assert await sound(world)
    async with ledger_of(database) as ledger:
        settling = await ledger.earn(wang, 40, PURCHASE, "p3")
        waiting = await ledger.earn(wang, 40, PURCHASE, "p4", pending=True)
    assert await figures(database, wang) == (0, 40, 20)
    async with ledger_of(database) as ledger:
        await ledger.confirm(waiting.id)
    assert await figures(database, wang) == (20, 0, 0)
    async with ledger_of(database) as ledger:
        await ledger.reverse(settling.id, "returned too", "u2")
    assert await figures(database, wang) == (0, 0, 20)
    async with ledger_of(database) as ledger:
        await ledger.reverse(spent.id, "gift came back", "u3")
    assert await figures(database, wang) == (70, 0, 0)
    assert await sound(world)


async def test_what_expired_is_not_taken_again(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        earned = await ledger.earn(wang, 100, PURCHASE, "p1", expires_at=NOW + dt.timedelta(days=1))
        await ledger.earn(wang, 100, PURCHASE, "p2")
        await ledger.redeem(wang, 40, GIFT, "r1")
    now = later(database, days=2)
    async with ledger_of(database) as ledger:
        await ledger.expire(now, 10)
        assert (await ledger.reverse(earned.id, "returned", "u1")).points == -40
    assert await figures(database, wang) == (60, 0, 0)
    assert await sound(world)


async def test_pending_points_are_taken_back(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        earned = await ledger.earn(wang, 100, PURCHASE, "p1", pending=True)
        await ledger.reverse(earned.id, "returned", "u1")
        with pytest.raises(NotPending):
            await ledger.confirm(earned.id)
    assert await figures(database, wang) == (0, 0, 0)
    assert await sound(world)


async def test_a_balance_at_a_time_never_changes(world: World) -> None:
    wang, database = world.customers["wang"], world.database
    async with ledger_of(database) as ledger:
        await ledger.earn(wang, 100, PURCHASE, "p1")
    later(database, days=1)
    async with ledger_of(database) as ledger:
        await ledger.redeem(wang, 60, GIFT, "r1")
        await ledger.earn(wang, 5, PURCHASE, "old", at=NOW - dt.timedelta(days=30))
        assert await ledger.balance(wang) == 45
        assert await ledger.balance(wang, NOW) == 100
        assert await ledger.balance(wang, NOW - dt.timedelta(days=1)) == 0
        owed = await ledger.liability()
        assert (owed.available, owed.pending, owed.claim, str(owed.worth)) == (45, 0, 0, "0.45 CNY")
        assert (await ledger.liability(NOW)).available == 100


async def test_nobody_has_no_account(world: World) -> None:
    with pytest.raises(NotFound):
        async with ledger_of(world.database) as ledger:
            await ledger.earn(world.departments["east"], 1, PURCHASE, "p1")
