"""Activities and who takes part (ACT-3, ACT-8, ACT-9)."""

import datetime as dt
from typing import Any

import pytest

from core.activities.choices import ActivityKind, ActivityStatus, ParticipationStatus
from core.activities.service import ActivityService
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.core.world import World
from tests.databases import NOW

DINNER = {"title": "答谢晚宴", "kind": ActivityKind.THANK_YOU, "starts_at": NOW}


async def act(world: World, role: str, name: str, *args: Any) -> Any:
    async with world.database.unit_of_work() as work:
        return await getattr(ActivityService(work, world.viewer(role)), name)(*args)


async def test_an_activity_begins_as_a_draft_of_the_caller(world: World) -> None:
    made = await act(world, "marketing_specialist", "create_activity", DINNER)
    assert (made.status, made.owner_id) == (ActivityStatus.DRAFT, world.employees["marketing_specialist"])
    assert made.department_id == world.departments["east"]
    with pytest.raises(InvalidInput) as caught:
        await act(world, "leader", "create_activity", {**DINNER, "ends_at": NOW - dt.timedelta(hours=1)})
    assert caught.value.field == "endsAt"
    with pytest.raises(Forbidden):
        await act(world, "salesperson", "create_activity", DINNER)


async def test_a_customer_takes_part_once(world: World) -> None:
    made = await act(world, "leader", "create_activity", DINNER)
    wang, li = world.customers["wang"], world.customers["li"]
    part = await act(world, "salesperson", "register_participation", made.id, wang, {})
    assert part.status is ParticipationStatus.REGISTERED
    with pytest.raises(Conflict):
        await act(world, "salesperson", "register_participation", made.id, wang, {})
    with pytest.raises(NotFound, match=r"^customerId: "):
        await act(world, "salesperson", "register_participation", made.id, li, {})
    with pytest.raises(NotFound) as caught:
        await act(world, "leader", "register_participation", li, li, {})
    assert caught.value.field == "activityId"
    with pytest.raises(InvalidInput):
        await act(world, "leader", "register_participation", made.id, li, {"satisfaction": 6})
    heard = {"status": ParticipationStatus.ATTENDED, "satisfaction": 5, "remarks": "更多茶"}
    assert (await act(world, "leader", "register_participation", made.id, li, heard)).satisfaction == 5
