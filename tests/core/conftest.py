"""What the core's tests share."""

import pytest

from core.db.database import Database
from tests.core.world import Founded, World, founded
from tests.databases import Copied, Make, migrated


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    """The company is there for who asks for it."""
    return founded if "world" in request.fixturenames else migrated


@pytest.fixture
def world(copied: Copied, database: Database) -> World:
    """A small company; see `tests.core.world`."""
    told: Founded = copied[1]
    return told.at(database)
