"""What happens earns by the rules, once, however often it is told (PTS-2, PRM-9)."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.activities.choices import ActivityKind
from core.activities.events import ParticipationRecorded
from core.activities.service import ActivityService
from core.customers.choices import Collection
from core.customers.events import PreferenceSet, PurchaseRecorded
from core.customers.records import Records
from core.errors import InvalidInput
from core.jobs.declare import Context
from core.tiers.choices import AssignmentKind
from core.tiers.models import Tier, TierAssignment, TierScheme
from plugins.points.earning.choices import PointsTrigger
from plugins.points.earning.handlers import on, on_participations, on_purchases
from plugins.points.earning.service import Rules
from plugins.points.ledger.jobs import confirm, expire
from plugins.points.ledger.models import PointsTransaction
from plugins.points.ledger.verify import verify
from plugins.points.membership.service import Membership
from tests.core.world import World
from tests.databases import NOW
from tests.plugins.points.ledger.parts import figures, later
from tests.plugins.points.programme import SYSTEM

ONE_PER_YUAN = {
    "name": "消费积分",
    "name_en": "points for purchases",
    "trigger": PointsTrigger.PURCHASE,
    "currency": "CNY",
    "numerator": 1,
    "denominator": 100,
}


async def set_rule(world: World, **more: Any) -> UUID:
    async with world.database.unit_of_work() as work:
        rule = await Rules(work, SYSTEM).add_rule({**ONE_PER_YUAN, **more})
        return UUID(bytes=rule.id.bytes)


async def join(world: World, name: str) -> UUID:
    async with world.database.unit_of_work() as work:
        await Membership(work, SYSTEM).join(world.customers[name], Collection.STAFF)
    return world.customers[name]


async def buy(world: World, customer: UUID, amount: int, **more: Any) -> PurchaseRecorded:
    values = {"at": world.database.clock.now(), "amount_minor": amount, "currency": "CNY", **more}
    async with world.database.unit_of_work() as work:
        row = await Records(work, SYSTEM).record_purchase(customer, values)
        return PurchaseRecorded(purchase_id=row.id, customer_id=customer)


async def tell(world: World, handle: Any, *events: Any) -> None:
    async with world.database.unit_of_work() as work:
        await handle(Context(work, SYSTEM, work.services), events)
    async with world.database.unit_of_work() as work:
        assert await verify(work) == []


async def grade(world: World, customer: UUID, code: str) -> None:
    async with world.database.unit_of_work() as work:
        made = {"created_at": NOW}
        scheme = TierScheme(id=work.ids.new(), code="value", name="价值", name_en="value", **made)
        work.session.add(scheme)
        await work.session.flush()
        tier = Tier(id=work.ids.new(), scheme_id=scheme.id, code=code, name=code, name_en=code, rank=1)
        work.session.add(tier)
        await work.session.flush()
        work.session.add(
            TierAssignment(
                id=work.ids.new(),
                customer_id=customer,
                scheme_id=scheme.id,
                tier_id=tier.id,
                kind=AssignmentKind.MANUAL,
                assigned_at=NOW,
                reason="",
                reason_en="",
            )
        )


async def test_purchases_earn_once(world: World) -> None:
    await set_rule(world)
    await set_rule(world, category="tea", numerator=2)
    wang = await join(world, "wang")
    told = [
        await buy(world, wang, 9_999),
        await buy(world, wang, 1_000, category="tea"),
        await buy(world, wang, 99),
        await buy(world, wang, 0),
        await buy(world, wang, 10_000, currency="USD"),
        await buy(world, world.customers["li"], 10_000),  # no member
        await buy(world, wang, 10_000, at=NOW - dt.timedelta(days=1)),  # before joining
    ]
    await tell(world, on_purchases, *told)
    assert await figures(world.database, wang) == (99 + 20, 0, 0)
    await tell(world, on_purchases, *told, *told)
    await grade(world, wang, "gold")
    await set_rule(world, numerator=10)  # would give more today
    await asyncio.gather(*(tell(world, on_purchases, *told[:2]) for _ in range(4)))
    assert await figures(world.database, wang) == (99 + 20, 0, 0)


async def test_tiers_multiply(world: World) -> None:
    rule = await set_rule(world, multipliers={"gold": [3, 2], "silver": [5, 4]})
    wang, li = await join(world, "wang"), await join(world, "li")
    await grade(world, wang, "gold")
    told = [await buy(world, wang, 1_100), await buy(world, li, 1_100)]
    await tell(world, on_purchases, *told)
    assert await figures(world.database, wang) == (16, 0, 0)
    assert await figures(world.database, li) == (11, 0, 0)
    async with world.database.unit_of_work() as work:
        asked = sa.select(PointsTransaction.rule_id, PointsTransaction.source_id)
        rows = (await work.session.execute(asked)).all()
        assert {tuple(row) for row in rows} == {(rule, one.purchase_id) for one in told}


async def test_pending_then_available_then_expired(world: World) -> None:
    await set_rule(world, pending_days=14, expiry_months=1)
    wang = await join(world, "wang")
    await tell(world, on_purchases, await buy(world, wang, 5_000))
    assert await figures(world.database, wang) == (0, 50, 0)

    async def run(job: Any) -> None:
        async with world.database.unit_of_work() as work:
            assert await job(Context(work, SYSTEM, work.services), {}) is None

    later(world.database, days=13)
    await run(confirm)
    assert await figures(world.database, wang) == (0, 50, 0)
    later(world.database, days=1)
    await run(confirm)
    assert await figures(world.database, wang) == (50, 0, 0)
    end = dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)  # the year ends in Shanghai
    later(world.database, seconds=int((end - world.database.clock.now()).total_seconds()) - 1)
    await run(expire)
    assert await figures(world.database, wang) == (50, 0, 0)
    later(world.database, seconds=1)
    await run(expire)
    assert await figures(world.database, wang) == (0, 0, 0)


async def test_a_rule_that_ended_gives_nothing(world: World) -> None:
    rule = await set_rule(world)
    wang = await join(world, "wang")
    before = await buy(world, wang, 1_000)
    later(world.database, hours=1)
    async with world.database.unit_of_work() as work:
        await Rules(work, SYSTEM).end_rule(rule)
    after = await buy(world, wang, 1_000)
    await tell(world, on_purchases, before, after)
    assert await figures(world.database, wang) == (10, 0, 0)


async def test_activities_and_events_earn(world: World) -> None:
    times = {"currency": None, "denominator": 1}
    await set_rule(world, trigger=PointsTrigger.PARTICIPATION, numerator=30, **times)
    await set_rule(world, trigger=PointsTrigger.EVENT, event="preference.set", numerator=5, **times)
    wang = await join(world, "wang")
    async with world.database.unit_of_work() as work:
        service = ActivityService(work, SYSTEM)
        activity = await service.create_activity({"title": "tea", "kind": next(iter(ActivityKind))})
        part = await service.register_participation(activity.id, wang, {})
        told = ParticipationRecorded(participation_id=part.id, customer_id=wang, activity_id=activity.id)
    await tell(world, on_participations, told, told)
    await tell(world, on_participations, told)
    assert await figures(world.database, wang) == (30, 0, 0)
    liked = [PreferenceSet(preference_id=UUID(int=n), customer_id=wang) for n in (1, 2, 1)]
    await tell(world, on(PreferenceSet), *liked)
    await tell(world, on(PreferenceSet), liked[0])
    assert await figures(world.database, wang) == (40, 0, 0)


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("numerator", {"denominator": 0}),
        ("multipliers", {"multipliers": {"gold": [1, 0]}}),
        ("currency", {"currency": "XTS"}),
        ("event", {"event": "purchase.recorded"}),
        ("event", {"trigger": PointsTrigger.EVENT}),
        ("expiryMonths", {"expiry_months": -1}),
        ("validUntil", {"valid_until": NOW - dt.timedelta(days=1)}),
    ],
)
async def test_rules_that_can_not_be(world: World, place: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        await set_rule(world, **values)
    assert refused.value.field == place
