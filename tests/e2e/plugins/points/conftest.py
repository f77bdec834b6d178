"""The points behind the real application, their suggested policies in force, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.extension.plugins import of
from core.runtime import operator
from plugins.points import Points
from schema.application import build
from schema.plugin import Plugin
from schema.plugin.adopting import adopt
from tests.core.world import World
from tests.databases import Make
from tests.e2e import conftest as e2e
from tests.e2e.company import Company, open_company
from tests.e2e.conftest import Filled, filled_by, settings_of
from tests.e2e.plugins.points.programme import Programme, begin

world = e2e.world
PLUGINS = of([Points()], Plugin)


async def fill_bare(url: str) -> Filled:
    return await filled_by(url, PLUGINS, _drained)


async def fill_programme(url: str) -> Filled:
    return await filled_by(url, PLUGINS, _begun)


async def _drained(company: Company) -> None:
    await company.app.worker.drain()


async def _begun(company: Company) -> None:
    await _drained(company)
    viewer: Any = operator(models=company.app.plugins.models)
    (declared,) = company.app.plugins.on
    _, _, left = await adopt(company.app.keeper, viewer, declared, "suggested")
    assert left == []
    await begin(Programme(company))


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    return fill_bare if "bare" in request.fixturenames else fill_programme


@pytest.fixture
async def company(filled: Filled, world: World) -> AsyncIterator[Company]:
    app = build(settings_of(filled.url), plugins=PLUGINS, database=world.database)
    async with open_company(app, world, filled.more) as opened:
        yield opened


@pytest.fixture
def bare(company: Company) -> Programme:
    """Before anything of it is adopted."""
    return Programme(company)


@pytest.fixture
def programme(company: Company) -> Programme:
    """With levels, rules and rewards; wang is a member."""
    return Programme(company)
