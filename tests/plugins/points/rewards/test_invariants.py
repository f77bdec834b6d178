"""Whatever is redeemed, used, cancelled and expired in any order: nothing is lost, doubled or oversold."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.customers.models import Customer
from core.db.migrate import CORE, migrate
from core.errors import Expected
from plugins.points.rewards.catalogue import Offers
from plugins.points.rewards.choices import PointsRedemptionState as State
from plugins.points.rewards.jobs import REWARDS
from plugins.points.rewards.models import PointsRedemption, PointsReward
from plugins.points.rewards.service import Redemptions
from tests.core.world import World, build
from tests.databases import open_database
from tests.plugins.points.programme import COUPON, DAY, GIFT, POINTS, SYSTEM, Programme

NAMES = ("wang", "li")
steps = st.one_of(
    st.tuples(st.just("issue"), st.sampled_from(NAMES), st.integers(0, 1)),
    st.tuples(st.sampled_from(("use", "cancel")), st.integers(0, 7)),
    st.tuples(st.just("restock"), st.integers(-2, 2)),
    st.tuples(st.just("wait"), st.integers(1, 6)),
    st.tuples(st.just("expire")),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with two members of 200 points each, and a database to copy."""
    path = tmp_path_factory.mktemp("rewards") / "template.db"

    async def make() -> None:
        database = open_database(f"sqlite:///{path}")
        await migrate(database, (CORE, POINTS))
        programme = Programme(await build(database))
        await programme.set_levels(programme.levels)
        await programme.join(*NAMES)
        for name in NAMES:
            await programme.earn(name, 200)
        await programme.offer(GIFT, stock=3, per_member=2)
        await programme.offer(COUPON)
        await database.close()

    asyncio.run(make())
    return path


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(steps, max_size=14))
def test_any_order(template: Path, tmp_path: Path, done: list[tuple[Any, ...]]) -> None:
    shutil.copy(template, tmp_path / "copy.db")
    asyncio.run(replay(f"sqlite:///{tmp_path / 'copy.db'}", done))


async def replay(url: str, done: list[tuple[Any, ...]]) -> None:
    database = open_database(url)
    async with database.unit_of_work() as work:
        known: Any = (await work.session.execute(sa.select(Customer.name, Customer.id))).all()
    programme = Programme(World(database, {}, {}, dict(known)))
    rewards = await programme.rows(PointsReward, PointsReward.points)
    entered = {reward.id: reward.stock for reward in rewards}
    for step in done:
        with suppress(Expected):
            await act(programme, step, [reward.id for reward in rewards], entered)
        await hold(programme, entered)
    await database.close()


async def act(
    programme: Programme, step: tuple[Any, ...], rewards: list[UUID], entered: dict[UUID, Any]
) -> None:
    made = [row.id for row in await programme.rows(PointsRedemption, PointsRedemption.id)]
    match step:
        case ("issue", name, place):
            await programme.issue(name, rewards[place])
        case ("use", place) if made:
            code = await programme.code(made[place % len(made)])
            async with programme.work() as work:
                await Redemptions(work, SYSTEM).use(code)
        case ("cancel", place) if made:
            async with programme.work() as work:
                await Redemptions(work, SYSTEM).cancel(made[place % len(made)], "by chance")
        case ("restock", pieces):
            async with programme.work() as work:
                await Offers(work, SYSTEM).restock(rewards[0], pieces)
            entered[rewards[0]] += pieces
        case ("wait", days):
            programme.wait(days * DAY)
        case ("expire",):
            await programme.run(REWARDS)


async def hold(programme: Programme, entered: dict[UUID, Any]) -> None:
    """Stock and issued pieces make up what was entered; points and valid redemptions what was earned."""
    redemptions = await programme.rows(PointsRedemption)
    kept = [row for row in redemptions if row.state is not State.CANCELLED]
    for reward in await programme.rows(PointsReward):
        taken = sum(row.reward_id == reward.id for row in kept)
        assert reward.stock is None or (reward.stock >= 0 and reward.stock + taken == entered[reward.id])
    for name in NAMES:
        mine = [row for row in kept if row.customer_id == programme.world.customers[name]]
        assert await programme.balance(name) == 200 - sum(row.points for row in mine)
        assert sum(row.limited for row in mine) <= 2
    assert all((row.state is State.ISSUED) == (row.ended_at is None) for row in redemptions)
    assert await programme.sound()
