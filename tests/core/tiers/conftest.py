"""What the tests of tiers share."""

import pytest
import sqlalchemy as sa

from core.tiers.models import Tier
from core.tiers.ready import ensure_ready_made
from tests.core.tiers.graded import Graded
from tests.core.world import World


@pytest.fixture
async def graded(world: World) -> Graded:
    async with world.database.unit_of_work() as work:
        scheme = await ensure_ready_made(work)
        assert (await ensure_ready_made(work)).id == scheme.id
        tiers = {tier.code: tier.id for tier in await work.session.scalars(sa.select(Tier))}
    return Graded(world, scheme.id, tiers)
