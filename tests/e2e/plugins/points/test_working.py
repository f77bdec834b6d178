"""What points give to others: signals for tiers, events; and that they come in by the front door."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.events.registry import Events
from core.jobs.models import OUTBOX
from core.settings import PluginChoice
from plugins.points import Points
from plugins.points.events import EVENTS
from schema.application import load_plugins
from tests.e2e.acts import rule
from tests.e2e.plugins.points.programme import Programme

REASONS = (
    "query($id: ID!) { customer(id: $id) { tierAssignments(first: 1) { nodes { tier { code } reasonEn } } } }"
)


def test_the_points_are_found_like_everybodys_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default; names and clashes are checked on the way."""
    monkeypatch.delenv("BAOKE_PLUGINS")
    plugins = load_plugins(PluginChoice(_env_file=None))
    assert [type(one.plugin) for one in plugins.on] == [Points]


async def test_tiers_may_ask_for_points(programme: Programme) -> None:
    company = programme.company
    await programme.buy(amount="600")
    await programme.drain()
    listed = await company.ask("leader", "{ tierSignals { name about } }")
    names = {one["name"]: one["about"] for one in listed["tierSignals"]}
    assert names["points.earned"] == "points earned in 365 days"
    assert names["points.balance"] == "points available"
    signals = [{"name": "points.earned", "atLeast": 500}, {"name": "points.balance", "atLeast": 600}]
    asked = [{"code": "high", "signals": signals}, {"code": "core", "frequency": 1}, {"code": "ordinary"}]
    made = await company.act("marketing_manager", "setTierThresholds", rule(company, tiers=asked))
    assert made["__typename"] == "SetTierThresholdsPayload"
    await company.act("marketing_manager", "regradeCustomers", {"schemeId": company.id("scheme")})
    data = await company.ask("leader", REASONS, {"id": company.id("wang")})
    (found,) = data["customer"]["tierAssignments"]["nodes"]
    assert found["tier"]["code"] == "high"
    assert "points earned in 365 days = 600" in found["reasonEn"]


async def test_events_tell_what_happened(programme: Programme) -> None:
    company, database = programme.company, programme.company.app.database
    database.services[Events].listened.update(EVENTS)
    given = {"customerId": company.id("wang"), "points": 60, "occasion": "REVIEW"}
    await programme.act("leader", "record", **given)
    wanted = {"customerId": company.id("wang"), "rewardId": programme.rewards["tenner"]}
    await programme.act("leader", "redeemReward", **wanted)
    await programme.buy(amount="5")
    await programme.drain()
    told = await feed(programme)
    programme.wait(days=70)
    await programme.drain()
    await programme.act("leader", "leave", customerId=company.id("wang"))
    assert told | await feed(programme) == {one.event_name for one in EVENTS}
    assert await programme.sound()


async def feed(programme: Programme) -> set[str]:
    """What was told within a day."""
    rows = sa.select(OUTBOX.c.name).where(OUTBOX.c.handler.is_(None), OUTBOX.c.name.like("points.%"))
    async with programme.company.app.database.unit_of_work() as work:
        return set(await work.session.scalars(rows))
