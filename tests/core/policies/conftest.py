"""Policies in the database of the small company."""

import pytest

from tests.core.policies.company import Office, open_office
from tests.core.world import World


@pytest.fixture
async def office(world: World) -> Office:
    """See `tests.core.policies.company`."""
    return await open_office(world)
