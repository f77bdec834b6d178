"""It is told once, a month before, that a qualification runs out (ACC-6)."""

import datetime as dt

import pytest

from core.clock import HeldClock
from core.jobs.declare import Context
from core.qualifications import jobs
from core.qualifications.choices import QualificationKind
from core.qualifications.service import QualificationService
from core.settings import Settings
from tests.core.events.listening import heard, listen
from tests.core.qualifications.test_service import AGREEMENT, CHECK, SHANGHAI, TODAY, TRAINING
from tests.core.world import World

MONTH = dt.timedelta(30)


async def add(
    world: World, who: str, kind: QualificationKind, obtained: dt.date, until: dt.date | None = None
) -> str:
    async with world.database.unit_of_work() as work:
        service = QualificationService(work, world.operator(), SHANGHAI)
        given = {"kind": kind, "obtained_on": obtained, "valid_until": until}
        return str((await service.record(world.employees[who], given)).id)


async def told(world: World) -> list[str]:
    async with world.database.unit_of_work() as work:
        context = Context(work, world.operator(), world.database.services)
        while await jobs.remind(context, {}) is not None:
            pass
    found = await heard(world.database)
    assert {name for name, _ in found} <= {"qualification.expiring"}
    return [str(payload["qualification_id"]) for _, payload in found]


async def test_what_runs_out_is_told_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    clock = world.database.clock
    assert isinstance(clock, HeldClock)
    world.database.services.add(Settings(env="development", _env_file=None))
    listen(world.database)
    soon = await add(world, "legal", AGREEMENT, TODAY, TODAY + MONTH)
    also = await add(world, "finance", TRAINING, TODAY - dt.timedelta(360))
    later = await add(world, "leader", AGREEMENT, TODAY, TODAY + MONTH + dt.timedelta(1))
    await add(world, "legal", CHECK, TODAY, TODAY + MONTH)
    await add(world, "legal", CHECK, TODAY)  # it takes the place of the one before
    await add(world, "auditor", AGREEMENT, TODAY - MONTH, TODAY - dt.timedelta(1))  # over
    assert await told(world) == [soon, also]
    assert await told(world) == []
    clock.advance(dt.timedelta(1))
    assert await told(world) == [later]


async def test_what_was_revoked_is_not_told(world: World) -> None:
    world.database.services.add(Settings(env="development", _env_file=None))
    listen(world.database)
    await add(world, "legal", AGREEMENT, TODAY, TODAY + MONTH)
    async with world.database.unit_of_work() as work:
        row = await work.session.scalar(jobs._ending(TODAY))
        assert row is not None
        await QualificationService(work, world.operator(), SHANGHAI).revoke(row.id, "x")
    assert await told(world) == []
