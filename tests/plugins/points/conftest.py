"""The core's and the points' tables, on both systems."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db.database import Database
from core.db.migrate import CORE, migrate
from tests.core.world import World, build
from tests.databases import SYSTEMS, Origins, open_database
from tests.plugins.points.programme import POINTS, Programme


async def make(url: str) -> None:
    opened = open_database(url)
    await migrate(opened, (CORE, POINTS))
    await opened.close()


@pytest.fixture(params=SYSTEMS)
def address(request: pytest.FixtureRequest, origins: Origins, tmp_path: Path) -> Iterator[str]:
    with origins.copy(request.param, make, tmp_path) as (url, _):
        yield url


@pytest.fixture
async def world(database: Database) -> World:
    return await build(database)


@pytest.fixture
async def programme(world: World) -> Programme:
    """A company whose programme has three levels: 0, 100 and 1000 points."""
    made = Programme(world)
    await made.set_levels(made.levels)
    return made
