"""What the core's tests share."""

import pytest

from core.db.database import Database
from tests.core.world import World, build


@pytest.fixture
async def world(database: Database) -> World:
    """A small company; see `tests.core.world`."""
    return await build(database)
