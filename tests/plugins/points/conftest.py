"""The core's and the points' tables, on both systems, with a small company whose programme is begun."""

import pytest

from core.db.migrate import CORE
from tests.core import conftest as core
from tests.core.world import Founded, World, founded
from tests.databases import Make, drawn_from, migrated, open_database
from tests.plugins.points.programme import POINTS, Programme

OWNERS = (CORE, POINTS)
world = core.world


async def empty(url: str) -> None:
    """Nobody is there."""
    await migrated(url, OWNERS)


async def company(url: str) -> Founded:
    """Nothing is promised to anybody."""
    return await founded(url, OWNERS)


async def begun(url: str) -> Founded:
    """The programme has three levels: 0, 100 and 1000 points."""
    told = await founded(url, OWNERS)
    opened = open_database(url, told.drawn)
    made = Programme(told.at(opened))
    await made.set_levels(made.levels)
    await opened.close()
    return Founded(told.world, drawn_from(opened))


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    """As much as the test asks for."""
    names = request.fixturenames
    return begun if "programme" in names else company if "world" in names else empty


@pytest.fixture
def programme(world: World) -> Programme:
    """A company whose programme has three levels: 0, 100 and 1000 points."""
    return Programme(world)
