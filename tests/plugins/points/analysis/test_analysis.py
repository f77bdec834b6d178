"""The analysis' run, on both databases (PTS-4). The company counts in Shanghai, eight hours before UTC."""

import datetime as dt

import sqlalchemy as sa

from core.clock import UTC
from core.customers.models import Purchase
from plugins.points.analysis.choices import PointsAdvice
from plugins.points.analysis.jobs import ANALYSIS
from plugins.points.analysis.models import PointsFigure, PointsMonth, PointsRecommendation
from plugins.points.ledger.service import Ledger, Source
from plugins.points.membership.levels import Levels
from plugins.points.membership.models import PointsLevel
from plugins.points.membership.service import Membership
from plugins.points.rewards.service import Redemptions
from plugins.points.settings import PointsSettings
from tests.databases import NOW
from tests.plugins.points.programme import COUPON, DAY, GIFT, SYSTEM, Programme

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)


async def months(programme: Programme) -> dict[tuple[str, dt.date], PointsMonth]:
    names = {key: name for name, key in programme.world.customers.items()}
    return {(names[row.customer_id], row.month): row for row in await programme.rows(PointsMonth)}


async def advice(programme: Programme, name: str) -> dict[PointsAdvice, PointsRecommendation]:
    rows = await programme.rows(PointsRecommendation)
    return {row.kind: row for row in rows if row.customer_id == programme.world.customers[name]}


async def test_a_row_for_each_member_and_month(programme: Programme) -> None:
    await programme.join("wang", "li")
    edge = dt.datetime(2026, 10, 31, 16, tzinfo=UTC)  # midnight in Shanghai
    await programme.buy("wang", 100, edge - dt.timedelta(microseconds=1))
    await programme.buy("wang", 250, edge)
    await programme.buy("wang", 7, edge, currency="USD")
    await programme.buy("zhao", 999, edge)
    await programme.earn("wang", 100)
    undone = await programme.earn("wang", 11)
    mug = await programme.offer(GIFT)
    await programme.issue("wang", mug)
    cancelled = await programme.issue("wang", mug)
    async with programme.work() as work:
        await Ledger(work, SYSTEM).reverse(undone, "returned", "r")
        await Redemptions(work, SYSTEM).cancel(cancelled, "a mistake")
    assert await programme.run(ANALYSIS) == 1 + 24
    found = await months(programme)
    assert set(found) == {("wang", OCTOBER), ("wang", NOVEMBER)}
    october, november = found["wang", OCTOBER], found["wang", NOVEMBER]
    assert (october.purchases, october.spend_minor, october.other_spend, october.earned) == (1, 100, None, 0)
    assert (november.purchases, november.spend_minor, november.other_spend) == (2, 250, {"USD": 7})
    assert (november.earned, november.redeemed, november.expired) == (100, 40, 0)


async def test_only_what_changed_is_written(programme: Programme) -> None:
    programme.world.database.services.add(PointsSettings.model_construct(members_batch=1, analysis_months=2))
    await programme.join("wang", "li")
    for name, at in (("wang", NOW), ("li", NOW), ("li", NOW - 20 * DAY)):
        await programme.buy(name, 100, at)
    assert await programme.run(ANALYSIS) == 3 + 2
    before = {at: row.id for at, row in (await months(programme)).items()}
    assert set(before) == {("wang", NOVEMBER), ("li", NOVEMBER), ("li", OCTOBER)}
    await programme.buy("wang", 50, NOW)
    async with programme.work() as work:
        await work.session.execute(sa.delete(Purchase).where(Purchase.at < NOW - DAY))
    await programme.run(ANALYSIS)
    after = await months(programme)
    assert {at: row.id for at, row in after.items()} == {
        at: key for at, key in before.items() if at != ("li", OCTOBER)
    }
    assert after["wang", NOVEMBER].spend_minor == 150


async def test_members_beside_others(programme: Programme) -> None:
    async with programme.work() as work:
        await Levels(work, SYSTEM).set(programme.levels)
    await programme.buy("wang", 500, NOW - DAY)  # before joining
    await programme.join("wang", "li")
    programme.wait(DAY)
    for amount in (100, 201, 50):
        await programme.buy("wang", amount, NOW)
    await programme.buy("li", 60, NOW)
    await programme.buy("zhao", 80, NOW)
    await programme.buy("zhao", 9, NOW, currency="USD")
    async with programme.work() as work:
        await Membership(work, SYSTEM).leave(programme.world.customers["li"])
    await programme.buy("li", 1_000, NOW + DAY)
    await programme.run(ANALYSIS)
    await programme.run(ANALYSIS)
    levels = {row.id: row.code for row in await programme.rows(PointsLevel)}
    rows = await programme.rows(PointsFigure)
    assert {
        (row.members, levels.get(row.level_id), row.currency): (
            row.buyers,
            row.purchases,
            row.spend_minor,
            row.basket_minor,
            row.frequency_millis,
        )
        for row in rows
        if row.month == NOVEMBER
    } == {
        (True, "basic", "CNY"): (1, 3, 351, 117, 3_000),
        (True, None, "CNY"): (1, 1, 60, 60, 1_000),
        (False, None, "CNY"): (3, 3, 1_580, 526, 1_000),
        (False, None, "USD"): (1, 1, 9, 9, 1_000),
    }
    assert len(rows) == 4


async def test_recommendations_are_replaced(programme: Programme) -> None:
    await programme.join("wang", "li", "zhao")
    await programme.earn("wang", 90, expires_at=NOW + 20 * DAY)
    await programme.earn("li", 2_000, expires_at=NOW + 700 * DAY)
    mug = await programme.offer(GIFT, per_member=1)
    await programme.offer({**GIFT, "code": "gone"}, points=60, stock=0)
    await programme.offer(COUPON, level_id=(await programme.rows(PointsLevel, PointsLevel.rank))[2].id)
    for weeks in (20, 25, 30, 35, 40):
        await programme.buy("zhao", 1, NOW - weeks * 7 * DAY, category="tea")
    await programme.run(ANALYSIS)
    wang = await advice(programme, "wang")
    assert set(wang) == {PointsAdvice.EXPIRING, PointsAdvice.NEXT_LEVEL}
    assert (wang[PointsAdvice.EXPIRING].points, wang[PointsAdvice.EXPIRING].reward_id) == (90, mug)
    assert "2026-11-22" in wang[PointsAdvice.EXPIRING].reason
    assert wang[PointsAdvice.NEXT_LEVEL].points == 10
    assert await advice(programme, "li") == {}
    assert set(await advice(programme, "zhao")) == {PointsAdvice.FADING}
    await programme.issue("wang", mug)
    async with programme.work() as work:
        await Membership(work, SYSTEM).leave(programme.world.customers["zhao"])
    programme.wait(400 * DAY)
    await programme.run(ANALYSIS)
    assert set(await advice(programme, "wang")) == set()
    assert await advice(programme, "zhao") == {}
    idle = (await advice(programme, "li"))[PointsAdvice.IDLE]
    assert (idle.points, idle.reward_id) == (2_000, mug)
    assert idle.made_at == NOW + 400 * DAY


async def test_what_was_spent_lately_is_not_idle(programme: Programme) -> None:
    await programme.join("wang")
    await programme.earn("wang", 2_000)
    programme.wait(390 * DAY)
    async with programme.work() as work:
        key = programme.world.customers["wang"]
        await Ledger(work, SYSTEM).redeem(key, 1, Source("gift"), "k")
    await programme.run(ANALYSIS)
    assert PointsAdvice.IDLE not in await advice(programme, "wang")
