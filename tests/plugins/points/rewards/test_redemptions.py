"""Redeeming, using, cancelling, expiring; on both databases (PTS-3)."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from core.errors import Expected, Forbidden, InvalidInput, NotFound
from plugins.points.errors import InsufficientPoints, NotAMember, NotOnOffer, OutOfStock, RedemptionEnded
from plugins.points.ledger.service import Ledger
from plugins.points.membership.models import PointsLevel
from plugins.points.membership.service import Membership
from plugins.points.rewards.catalogue import Offers
from plugins.points.rewards.choices import PointsRedemptionState
from plugins.points.rewards.jobs import REWARDS
from plugins.points.rewards.models import PointsRedemption, PointsReward
from plugins.points.rewards.service import Redemptions
from plugins.points.settings import PointsSettings
from tests.plugins.points.programme import COUPON, DAY, GIFT, SYSTEM, Programme, viewer

MAY = (
    ("type:Customer", "read", "own"),
    ("type:PointsMember", "read", "own"),
    ("type:PointsReward", "read", "all"),
    ("type:PointsRedemption", "issue", "own"),
    ("type:PointsRedemption", "read", "own"),
    ("type:PointsRedemption", "use", "all"),
    ("type:PointsTransaction", "redeem", "own"),
)


async def state(programme: Programme, redemption: UUID) -> PointsRedemptionState:
    rows = await programme.rows(PointsRedemption)
    (found,) = (row.state for row in rows if row.id == redemption)
    return PointsRedemptionState[found.name]


async def stock(programme: Programme) -> Any:
    (row,) = await programme.rows(PointsReward)
    return row.stock


async def use(programme: Programme, code: str) -> None:
    async with programme.work() as work:
        await Redemptions(work, SYSTEM).use(code)


async def cancel(programme: Programme, redemption: UUID) -> None:
    async with programme.work() as work:
        await Redemptions(work, SYSTEM).cancel(redemption, "a mistake")


async def refused(kind: type[Expected], act: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(kind):
        await act()


@pytest.fixture
async def members(programme: Programme) -> Programme:
    """Two members with 100 points each."""
    await programme.join("wang", "li")
    await programme.earn("wang", 100)
    await programme.earn("li", 100)
    return programme


async def test_a_code_is_used_once(members: Programme) -> None:
    reward = await members.offer(GIFT, stock=2)
    redemption = await members.issue("wang", reward)
    assert (await members.balance("wang"), await stock(members)) == (60, 1)
    code = await members.code(redemption)
    (row,) = await members.rows(PointsRedemption)
    assert row.code_masked == f"****-****-****-{code[-4:]}"
    await use(members, code.lower().replace("-", " "))
    assert await state(members, redemption) is PointsRedemptionState.USED
    await refused(RedemptionEnded, lambda: use(members, code))
    await refused(RedemptionEnded, lambda: cancel(members, redemption))
    await refused(NotFound, lambda: use(members, "2222-2222-2222-2222"))
    await refused(InvalidInput, lambda: use(members, "no code"))
    assert (await members.balance("wang"), await stock(members)) == (60, 1)
    assert await members.sound()


async def test_cancelling_gives_everything_back(members: Programme) -> None:
    reward = await members.offer(GIFT, stock=1, per_member=1)
    redemption = await members.issue("wang", reward)
    with pytest.raises(InvalidInput):
        async with members.work() as work:
            await Redemptions(work, SYSTEM).cancel(redemption, "  ")
    await cancel(members, redemption)
    assert (await members.balance("wang"), await stock(members)) == (100, 1)
    await refused(RedemptionEnded, lambda: cancel(members, redemption))
    code = await members.code(redemption)
    await refused(RedemptionEnded, lambda: use(members, code))
    assert (await members.balance("wang"), await stock(members)) == (100, 1)
    await members.issue("wang", reward)
    assert await members.sound()


async def test_points_that_the_ledger_gave_back_buy_nothing(members: Programme) -> None:
    redemption = await members.issue("wang", await members.offer(GIFT, stock=1))
    (row,) = await members.rows(PointsRedemption)
    async with members.work() as work:
        await Ledger(work, SYSTEM).reverse(row.transaction_id, "by another door", "k")
    code = await members.code(redemption)
    await refused(RedemptionEnded, lambda: use(members, code))
    await cancel(members, redemption)
    assert (await members.balance("wang"), await stock(members)) == (100, 1)
    assert await members.sound()


async def test_a_coupon_expires_unused(members: Programme) -> None:
    members.world.database.services.add(PointsSettings.model_construct(batch=1))
    reward = await members.offer(COUPON, stock=5)
    used, unused, other = [await members.issue(name, reward) for name in ("wang", "wang", "li")]
    await use(members, await members.code(used))
    members.wait(10 * DAY)
    late = await members.code(unused)
    await refused(RedemptionEnded, lambda: use(members, late))
    assert await members.run(REWARDS) == 3
    assert await members.run(REWARDS) == 1
    states = [await state(members, one) for one in (used, unused, other)]
    assert [one.name for one in states] == ["USED", "EXPIRED", "EXPIRED"]
    assert (await members.balance("wang"), await stock(members)) == (0, 2)


async def test_who_may_redeem_what(members: Programme) -> None:
    levels = {row.code: row.id for row in await members.rows(PointsLevel)}
    now = members.world.database.clock.now()
    offers: dict[str, dict[str, Any]] = {
        "plain": {},
        "dear": {"points": 101},
        "gone": {"stock": 0},
        "later": {"valid_from": now + DAY},
        "over": {"valid_from": now - 2 * DAY, "valid_until": now},
        "gold": {"level_id": levels["gold"]},
        "basic": {"level_id": levels["basic"], "points": 1, "per_member": 1},
    }
    made = {code: await members.offer(GIFT, code=code, **more) for code, more in offers.items()}
    for code, kind in (
        ("dear", InsufficientPoints),
        ("gone", OutOfStock),
        ("later", NotOnOffer),
        ("over", NotOnOffer),
        ("gold", NotOnOffer),
    ):
        await refused(kind, partial(members.issue, "wang", made[code]))
    await refused(NotAMember, lambda: members.issue("zhao", made["plain"]))
    await members.issue("wang", made["basic"])
    await refused(NotOnOffer, lambda: members.issue("wang", made["basic"]))
    assert await members.balance("wang") == 99
    async with members.work() as work:
        await Membership(work, SYSTEM).leave(members.world.customers["wang"])
    await refused(NotAMember, lambda: members.issue("wang", made["plain"]))
    assert len(await members.rows(PointsRedemption)) == 1


async def test_stock_is_counted(members: Programme) -> None:
    reward = await members.offer(GIFT, stock=1)
    endless = await members.offer(COUPON)
    async with members.work() as work:
        offers = Offers(work, SYSTEM)
        assert (await offers.restock(reward, 4)).stock == 5
        assert (await offers.restock(reward, -5)).stock == 0
        with pytest.raises(OutOfStock):
            await offers.restock(reward, -1)
        for faulty in (lambda: offers.restock(endless, 1), lambda: offers.update(reward, {"stock": 3})):
            with pytest.raises(InvalidInput):
                await faulty()
        with pytest.raises(InvalidInput):
            await offers.update(endless, {"currency": None})
        assert (await offers.update(endless, {"name_en": "Voucher"})).name_en == "Voucher"
        with pytest.raises(NotFound):
            await offers.update(endless, {"level_id": work.ids.new()})


async def test_who_sees_only_their_own(members: Programme) -> None:
    clerk = viewer(members.world, "salesperson", *MAY)
    customers = members.world.customers
    reward = await members.offer(GIFT)
    async with members.work() as work:
        await Redemptions(work, clerk).issue(customers["wang"], reward)
    with pytest.raises(NotFound):
        async with members.work() as work:
            await Redemptions(work, clerk).issue(customers["li"], reward)
    strange = await members.code(await members.issue("li", reward))
    with pytest.raises(NotFound):
        async with members.work() as work:
            await Redemptions(work, clerk).use(strange)
    for missing in (1, 3, 6):
        less = viewer(members.world, "salesperson", *MAY[:missing], *MAY[missing + 1 :])
        with pytest.raises(Forbidden):
            async with members.work() as work:
                await Redemptions(work, less).issue(customers["wang"], reward)
    with pytest.raises(Forbidden):
        async with members.work() as work:
            await Offers(work, clerk).create(GIFT)
