"""The checks of plugins, as anybody may ask for them."""

from __future__ import annotations

import asyncio

from core.extension.plugin import HealthCheck, Plugin
from core.extension.plugins import of
from core.services import Services
from core.text import Text
from schema.http.protocol import Checked
from schema.plugin.health import Health
from tests.core.extension.straw import plugin


async def test_those_who_ask_together_ask_once() -> None:
    asked = 0

    async def check(_services: Services) -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)

    made = HealthCheck("straw.well", Text("straw", "稻草"), check)
    health = Health(of([plugin("straw", {"health": (made,)})], Plugin), Services())
    well = [Checked("straw.well", well=True, critical=False)]
    assert await asyncio.gather(*(health() for _ in range(5))) == [well] * 5
    assert asked == 1
    assert await health() == well
    assert asked == 2


async def test_one_who_goes_away_takes_nobody_along() -> None:
    going = asyncio.Event()

    async def check(_services: Services) -> None:
        await going.wait()

    made = HealthCheck("straw.well", Text("straw", "稻草"), check)
    health = Health(of([plugin("straw", {"health": (made,)})], Plugin), Services())
    first, second = asyncio.create_task(health()), asyncio.create_task(health())
    await asyncio.sleep(0)
    first.cancel()
    going.set()
    assert [one.well for one in await second] == [True]
