"""What ran out is closed; what nobody reviewed in time is told of, once (BEY-8)."""

import datetime as dt

import pytest

from core.emergencies import jobs
from core.emergencies.service import EmergencyService
from core.jobs.declare import Context
from core.settings import Settings
from tests.core.emergencies.test_service import MINUTE, SHANGHAI, WHY, act, clock, opened
from tests.core.events.listening import heard, listen
from tests.core.world import World


async def told(world: World) -> list[tuple[str, str]]:
    async with world.database.unit_of_work() as work:
        context = Context(work, world.operator(), world.database.services)
        while await jobs.look_after(context, {}) is not None:
            pass
    return [(name, payload["emergency_id"]) for name, payload in await heard(world.database)]


async def test_they_are_looked_after(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """NOW is a Monday; the third working day after it ends with Thursday."""
    monkeypatch.setattr(jobs, "BATCH", 1)
    world.database.services.add(Settings(env="development", _env_file=None))
    listen(world.database)
    one = str((await opened(world)).id)
    async with world.database.unit_of_work() as work:
        service = EmergencyService(work, world.viewer("account_manager"), SHANGHAI, 3)
        other = await service.open(WHY, 60)
    assert await told(world) == [("emergency.opened", one), ("emergency.opened", str(other.id))]
    clock(world).advance(30 * MINUTE)
    assert await told(world) == [("emergency.ended", one)]
    clock(world).advance(dt.timedelta(hours=6) - MINUTE)
    assert await told(world) == [("emergency.ended", str(other.id))]
    await act(world, "auditor", "review", other.id, "justified")
    clock(world).advance(dt.timedelta(days=3))
    assert await told(world) == []
    clock(world).advance(MINUTE)
    assert await told(world) == [("emergency.overdue", one)]
    assert await told(world) == []
