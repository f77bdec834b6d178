"""The core's and the points' tables, on both systems."""

from collections.abc import AsyncIterator

import pytest

from core.db.database import Database
from core.db.migrate import CORE, migrate
from tests.core.world import World, build
from tests.databases import open_database
from tests.plugins.points.programme import POINTS, Programme


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    opened = open_database(address)
    await migrate(opened, (CORE, POINTS))
    yield opened
    await opened.close()


@pytest.fixture
async def world(database: Database) -> World:
    return await build(database)


@pytest.fixture
async def programme(world: World) -> Programme:
    """A company whose programme has three levels: 0, 100 and 1000 points."""
    made = Programme(world)
    await made.set_levels(made.levels)
    return made
