"""Assessments that are entered by hand (ASM-2)."""

import datetime as dt
from typing import Any

import pytest

from core.assessments.choices import Grade
from core.assessments.service import AssessmentService
from core.errors import Forbidden, InvalidInput, NotFound
from tests.core.world import World

SCORE = {
    "period_start": dt.date(2026, 10, 1),
    "period_end": dt.date(2026, 10, 31),
    "indicator": "满意度",
    "value_millis": 4_800,
    "grade": Grade.GOOD,
}


async def act(world: World, role: str, values: dict[str, Any]) -> Any:
    async with world.database.unit_of_work() as work:
        return await AssessmentService(work, world.viewer(role)).record_assessment(values)


async def test_it_says_that_it_was_entered_and_by_whom(world: World) -> None:
    made = await act(world, "leader", {**SCORE, "employee_id": world.employees["salesperson_west"]})
    assert (made.computed, made.created_by_id) == (False, world.employees["leader"])
    assert made.department_id == world.departments["west"]


async def test_where_and_what_is_checked(world: World) -> None:
    with pytest.raises(Forbidden):
        await act(world, "salesperson", SCORE)
    with pytest.raises(NotFound):
        await act(world, "leader", {**SCORE, "department_id": world.employees["leader"]})
    with pytest.raises(InvalidInput):
        await act(world, "leader", {**SCORE, "period_end": dt.date(2026, 9, 1)})
    with pytest.raises(InvalidInput) as caught:
        await act(world, "leader", {**SCORE, "indicator": ""})
    assert caught.value.field == "indicator"
