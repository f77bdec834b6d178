"""Nobody learns by writing that a row is there which they may not see (PRM-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.access.rules import Rule
from core.activities.choices import ActivityKind
from core.activities.service import ActivityService
from core.clock import UTC
from core.customers.service import CustomerService
from core.db.database import UnitOfWork
from core.errors import Conflict, Forbidden
from core.organization.service import OrganizationService
from tests.core.world import World, policy

AT = dt.datetime(2026, 10, 1, tzinfo=UTC)
PAID = {"at": AT, "amount_minor": 100, "currency": "CNY"}
REFERENCE_HIDDEN = Rule("salesperson", "field:Purchase.reference", "mask", "all", "deny")
NO_PARTICIPATIONS = Rule("salesperson", "type:Participation", "read", "all", "deny")
ENTERS_COLLEAGUES = (
    Rule("salesperson", "type:Employee", "create", "department", "allow"),
    Rule("salesperson", "type:Employee", "write", "all", "allow"),
)


async def answer(world: World, act: Callable[[UnitOfWork], Awaitable[Any]]) -> tuple[type, Any]:
    """What comes of it, in a transaction of its own."""
    try:
        async with world.database.unit_of_work() as work:
            await act(work)
    except (Conflict, Forbidden) as error:
        return type(error), error.field
    return type(None), None


async def test_a_hidden_reference_may_not_be_entered_whether_taken_or_not(world: World) -> None:
    wang = world.customers["wang"]

    def record(reference: str | None, *rules: Rule) -> Callable[[UnitOfWork], Awaitable[Any]]:
        viewer, given = world.viewer("salesperson", *rules), {**PAID, "reference": reference}
        return lambda work: CustomerService(work, viewer, "CNY").record_purchase(wang, given)

    assert await answer(world, record("A-1")) == (type(None), None)
    assert await answer(world, record("A-1")) == (Conflict, "reference")
    for reference in ("A-1", "A-2"):
        assert await answer(world, record(reference, REFERENCE_HIDDEN)) == (Forbidden, "reference")
    assert await answer(world, record(None, REFERENCE_HIDDEN)) == (type(None), None)


async def test_what_is_forbidden_does_not_tell_what_is_taken(world: World) -> None:
    """A new row is refused for where it stands before the database finds it equal to another."""

    def enter(number: str, subject: str, place: str) -> Callable[[UnitOfWork], Awaitable[Any]]:
        viewer = world.viewer("salesperson", *ENTERS_COLLEAGUES)
        given = {"name": "x", "staff_number": number, "department_id": world.departments[place]}
        service = lambda work: OrganizationService(work, viewer, policy())  # noqa: E731
        return lambda work: service(work).create_employee({**given, "subject": subject})

    for subject in ("finance", "new"):
        assert await answer(world, enter("new", subject, "west")) == (Forbidden, "departmentId")
    assert await answer(world, enter("new", "finance", "east")) == (Conflict, "subject")


@pytest.mark.parametrize("times", [1, 2])
async def test_who_may_not_see_participations_may_not_register_any(world: World, times: int) -> None:
    """Registered already or not: the answer is the same."""
    wang = world.customers["wang"]
    async with world.database.unit_of_work() as work:
        leader = ActivityService(work, world.viewer("leader"))
        activity = await leader.create_activity({"title": "tea", "kind": ActivityKind.CLUB})
        if times > 1:
            await leader.register_participation(activity.id, wang, {})
    viewer = world.viewer("salesperson", NO_PARTICIPATIONS)
    found = await answer(
        world, lambda work: ActivityService(work, viewer).register_participation(activity.id, wang, {})
    )
    assert found == (Forbidden, "activityId")
