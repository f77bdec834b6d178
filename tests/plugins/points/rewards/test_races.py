"""Many at once: the last piece goes to one, a code is used once, a limit holds (PTS-3, PRM-9)."""

import asyncio
from collections.abc import Awaitable, Iterable
from uuid import UUID

from core.errors import Expected
from plugins.points.rewards.models import PointsRedemption, PointsReward
from plugins.points.rewards.service import Redemptions
from tests.plugins.points.programme import GIFT, SYSTEM, Programme

NAMES = ("wang", "li", "zhao")


async def outcomes(acts: Iterable[Awaitable[object]]) -> tuple[int, set[str]]:
    """How many succeeded, and the codes that the others were told."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    failed = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, Expected) for one in failed), failed
    return len(done) - len(failed), {one.code for one in failed if isinstance(one, Expected)}


async def members(programme: Programme) -> None:
    await programme.join(*NAMES)
    for name in NAMES:
        await programme.earn(name, 400)


async def test_the_last_pieces_are_not_sold_twice(programme: Programme) -> None:
    await members(programme)
    reward = await programme.offer(GIFT, stock=4)
    done = await outcomes([programme.issue(name, reward) for name in NAMES * 4])
    assert done == (4, {"POINTS_OUT_OF_STOCK"})
    (row,) = await programme.rows(PointsReward)
    assert row.stock == 0
    assert sum([await programme.balance(name) for name in NAMES]) == 3 * 400 - 4 * 40
    assert await programme.sound()


async def test_a_limit_holds(programme: Programme) -> None:
    await members(programme)
    reward = await programme.offer(GIFT, per_member=1)
    assert await outcomes([programme.issue("wang", reward) for _ in range(4)]) == (
        1,
        {"POINTS_NOT_ON_OFFER"},
    )
    assert await programme.balance("wang") == 360


async def test_used_or_cancelled_but_not_both(programme: Programme) -> None:
    await members(programme)
    redemption = await programme.issue("wang", await programme.offer(GIFT, stock=1))
    code = await programme.code(redemption)

    async def use() -> None:
        async with programme.work() as work:
            await Redemptions(work, SYSTEM).use(code)

    async def cancel(which: UUID) -> None:
        async with programme.work() as work:
            await Redemptions(work, SYSTEM).cancel(which, "by chance")

    acts = [act for _ in range(3) for act in (use(), cancel(redemption))]
    assert await outcomes(acts) == (1, {"POINTS_REDEMPTION_ENDED"})
    (row,) = await programme.rows(PointsRedemption)
    (reward,) = await programme.rows(PointsReward)
    cancelled = row.state.name == "CANCELLED"
    assert (await programme.balance("wang"), reward.stock) == ((400, 1) if cancelled else (360, 0))
    assert await programme.sound()
