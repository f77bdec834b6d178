"""Break-glass: opening, ending and reviewing it (BEY-8)."""

import asyncio
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from core.access.rules import Rule
from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.clock import HeldClock
from core.emergencies.errors import TooManyEmergencies
from core.emergencies.models import Emergency
from core.emergencies.service import EmergencyService, review_day
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.organization.errors import NotYourself
from core.organization.principals import load_principal
from tests.core.events.listening import heard, listen
from tests.core.world import World
from tests.databases import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
WHY = "the customer stands at the counter"
MINUTE = dt.timedelta(minutes=1)
REVIEWER = Rule("customer_service", "type:Emergency", "review", "all", "allow")


async def act(world: World, role: str, name: str, *args: Any, more: tuple[Rule, ...] = ()) -> Any:
    async with world.database.unit_of_work() as work:
        service = EmergencyService(work, world.viewer(role, *more), SHANGHAI, 3)
        return await getattr(service, name)(*args)


async def opened(world: World, minutes: int = 30) -> Any:
    return await act(world, "customer_service", "open", f" {WHY} ", minutes)


def clock(world: World) -> HeldClock:
    assert isinstance(world.database.clock, HeldClock)
    return world.database.clock


async def signed_in(world: World) -> Any:
    found = await load_principal(world.database, "customer_service")
    assert found is not None
    return found.emergency


async def test_it_counts_until_it_ends_by_itself(world: World) -> None:
    made = await opened(world)
    assert (made.role, made.reason, made.ended_at) == ("customer_service", WHY, None)
    assert (made.ends_at, made.review_due_on) == (NOW + 30 * MINUTE, dt.date(2026, 11, 5))
    found = await load_principal(world.database, "customer_service")
    assert found is not None
    assert (found.emergency, found.emergency_until) == (made.id, made.ends_at)
    assert "emergency" in found.held
    clock(world).advance(30 * MINUTE)
    assert await signed_in(world) is None


async def test_it_can_be_ended(world: World) -> None:
    made = await opened(world)
    clock(world).advance(MINUTE)
    ended = await act(world, "customer_service", "end", made.id)
    assert ended.ended_at == NOW + MINUTE
    assert await signed_in(world) is None
    clock(world).advance(MINUTE)
    assert (await act(world, "auditor", "end", made.id)).ended_at == NOW + MINUTE


async def test_whoever_reviews_may_end_it(world: World) -> None:
    made = await opened(world)
    for role, error in (("account_manager", NotFound), ("leader", Forbidden), ("legal", Forbidden)):
        with pytest.raises(error):
            await act(world, role, "end", made.id)
    assert (await act(world, "auditor", "end", made.id)).ended_at == NOW


async def test_one_is_open_at_a_time_and_few_a_day(world: World) -> None:
    """A day begins at midnight of the company; NOW is 17:30 there."""
    for _ in range(3):
        made = await opened(world)
        with pytest.raises(Conflict, match="2026-11-02T18:"):
            await opened(world)
        clock(world).advance(MINUTE)
        await act(world, "customer_service", "end", made.id)
    with pytest.raises(TooManyEmergencies):
        await opened(world)
    clock(world).advance(dt.timedelta(hours=6, minutes=28) - 2 * MINUTE)
    with pytest.raises(TooManyEmergencies):
        await opened(world)
    clock(world).advance(MINUTE)
    await opened(world)


async def test_of_two_at_once_one_is_opened(world: World) -> None:
    done = await asyncio.gather(opened(world), opened(world), return_exceptions=True)
    assert {type(one) for one in done} == {Emergency, Conflict}


async def test_the_next_one_closes_what_ran_out(world: World) -> None:
    listen(world.database)
    made = await opened(world)
    clock(world).advance(31 * MINUTE)
    after = await opened(world)
    mine = {"employee_id": str(world.employees["customer_service"])}
    names = [(name, told["emergency_id"]) for name, told in await heard(world.database)]
    first, second = str(made.id), str(after.id)
    assert names == [("emergency.opened", first), ("emergency.ended", first), ("emergency.opened", second)]
    async with world.database.unit_of_work() as work:
        row = await work.session.get_one(Emergency, made.id)
        assert row.ended_at == NOW + 30 * MINUTE
        assert mine["employee_id"] == str(row.employee_id)


async def test_reasons_and_minutes_are_checked(world: World) -> None:
    for reason, minutes, field in (
        (" too short" + " " * 40, 30, "reason"),
        (WHY + "\x07", 30, "reason"),
        ("\u200b" * 40, 30, "reason"),
        ("a" + " " * 40 + "b", 30, "reason"),
        (WHY, 0, "minutes"),
        (WHY, 241, "minutes"),
    ):
        with pytest.raises(InvalidInput) as caught:
            await act(world, "customer_service", "open", reason, minutes)
        assert caught.value.field == field
    with pytest.raises(Forbidden):
        await act(world, "leader", "open", WHY, 30)
    async with world.database.unit_of_work() as work:
        with pytest.raises(Forbidden):  # a program: nobody would answer for it
            await EmergencyService(work, world.operator(), SHANGHAI, 3).open(WHY, 30)


async def test_somebody_else_reviews_it_once_it_is_over(world: World) -> None:
    made = await opened(world)
    with pytest.raises(Conflict):
        await act(world, "auditor", "review", made.id, "fine")
    await act(world, "customer_service", "end", made.id)
    with pytest.raises(NotYourself):
        await act(world, "customer_service", "review", made.id, "fine", more=(REVIEWER,))
    with pytest.raises(Forbidden):
        await act(world, "leader", "review", made.id, "fine")
    with pytest.raises(InvalidInput) as caught:
        await act(world, "auditor", "review", made.id, " \u200b")
    assert caught.value.field == "finding"
    done = await act(world, "auditor", "review", made.id, " justified ")
    assert (done.finding, done.reviewed_by_id) == ("justified", world.employees["auditor"])
    with pytest.raises(Conflict):
        await act(world, "auditor", "review", made.id, "again")


async def test_it_leaves_records(world: World) -> None:
    made = await opened(world)
    await act(world, "customer_service", "end", made.id)
    await act(world, "auditor", "review", made.id, "justified")
    async with world.database.unit_of_work() as work:
        found = await work.session.scalars(sa.select(AuditRecord).order_by(AuditRecord.id))
        records = [(one.kind, one.row_id, sorted(one.after)) for one in found]
    assert records == [
        (AuditKind.EMERGENCY, made.id, names) for names in (["endsAt", "reason"], ["endedAt"], ["finding"])
    ]


def test_working_days() -> None:
    """Three after it, of Monday to Friday."""
    for ended, due in ((2, 5), (4, 9), (6, 11), (7, 11), (8, 11)):
        assert review_day(dt.date(2026, 11, ended)) == dt.date(2026, 11, due)
