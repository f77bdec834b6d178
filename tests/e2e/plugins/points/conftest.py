"""The points behind the real application, their suggested policies in force, on both databases."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.extension.plugins import of
from core.runtime import operator
from plugins.points import Points
from schema import application
from schema.application import build
from schema.plugin import Plugin
from schema.plugin.adopting import adopt
from schema.vocabulary.schema import Schema
from tests.core.world import World
from tests.e2e.company import open_company
from tests.e2e.conftest import settings_of
from tests.e2e.plugins.points.programme import Programme, begin

PLUGINS = of([Points()], Plugin)


@functools.lru_cache
def made() -> Schema:
    return application.make_schema(PLUGINS)


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = made()
    monkeypatch.setattr(application, "make_schema", lambda *_: schema)


@pytest.fixture
async def bare(address: str, world: World) -> AsyncIterator[Programme]:
    """Before anything of it is adopted."""
    app = build(settings_of(address), plugins=PLUGINS, database=world.database)
    async with open_company(app, world) as opened:
        await app.worker.drain()
        yield Programme(opened)


@pytest.fixture
async def programme(bare: Programme) -> Programme:
    """With levels, rules and rewards; wang is a member."""
    viewer: Any = operator(models=bare.company.app.plugins.models)
    (declared,) = bare.company.app.plugins.on
    _, _, left = await adopt(bare.company.app.keeper, viewer, declared, "suggested")
    assert left == []
    await begin(bare)
    return bare
