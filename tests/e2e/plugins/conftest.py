"""Companies that are filled while plugins are on."""

import pytest

from tests.core import conftest as core
from tests.core.world import founded
from tests.databases import Make

world = core.world


@pytest.fixture
def make() -> Make:
    """What is there before a plugin is."""
    return founded
