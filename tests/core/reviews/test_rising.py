"""What is told of reviews, and when they rise (BEY-9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from core.clock import HeldClock
from core.errors import Conflict, Forbidden
from core.jobs.declare import Context
from core.reviews.choices import ReviewDecision, ReviewState
from core.reviews.jobs import open_reviews, raise_overdue
from core.reviews.models import AccessReview, AccessReviewItem
from core.reviews.service import ReviewService
from core.settings import Settings
from tests.core.events.listening import heard, listen
from tests.core.policies.company import Office, open_office
from tests.core.world import World


@pytest.fixture
async def office(world: World) -> Office:
    """Somebody listens, and the policies are there."""
    listen(world.database)
    world.database.services.add(Settings(env="development", _env_file=None))
    return await open_office(world)


async def run(world: World, job: Any, payload: Any = None) -> None:
    """A job until it is done."""
    payload = payload or {}
    while payload is not None:
        async with world.database.unit_of_work() as work:
            payload = await job(Context(work, world.operator(), world.database.services), payload)


async def reviews(world: World) -> dict[Any, Any]:
    async with world.database.unit_of_work() as work:
        rows = await work.session.scalars(sa.select(AccessReview))
        return {row.department_id: row for row in rows}


@pytest.mark.usefixtures("office")
async def test_a_review_rises_on_the_day_after_it_was_due(world: World) -> None:
    await run(world, open_reviews, {"opened_on": "2026-11-02"})
    east, west = (world.departments[name] for name in ("east", "west"))
    found = await reviews(world)
    facts = {
        place: {"review_id": str(row.id), "department_id": str(place), "due_on": "2026-11-16"}
        for place, row in found.items()
    }
    assert await heard(world.database) == [("review.opened", facts[place]) for place in (east, west)]
    clock = world.database.clock
    assert isinstance(clock, HeldClock)
    raised_at = found[west].raised_at
    clock.at = dt.datetime(2026, 11, 16, 15, 59, tzinfo=dt.UTC)  # a minute before midnight in Shanghai
    await run(world, raise_overdue)
    assert {row.state for row in (await reviews(world)).values()} == {ReviewState.OPEN}
    clock.advance(dt.timedelta(minutes=1))
    await run(world, raise_overdue)
    await run(world, raise_overdue)
    after = await reviews(world)
    assert {row.state for row in after.values()} == {ReviewState.OVERDUE}
    assert (after[east].raised_at, after[west].raised_at) == (clock.now(), raised_at)
    told = await heard(world.database)
    assert sorted(told, key=str) == sorted((("review.overdue", one) for one in facts.values()), key=str)


async def test_a_closed_review_is_told_with_its_change(office: Office, world: World) -> None:
    await run(world, open_reviews, {"opened_on": "2026-11-02"})
    west = world.departments["west"]
    review = (await reviews(world))[west]
    async with world.database.unit_of_work() as work:
        service = ReviewService(work, world.viewer("leader"), office.keeper)
        items: Any = (
            await work.session.scalars(
                sa.select(AccessReviewItem).where(AccessReviewItem.review_id == review.id)
            )
        ).all()
        for item in items:
            await service.decide(item.id, ReviewDecision.KEEP, "seen")
        await service.decide(items[0].id, ReviewDecision.REMOVE, "unused")
        closed = await service.close(review.id)
        assert closed.change_id is not None
    told = {"review_id": str(review.id), "department_id": str(west), "change_id": str(closed.change_id)}
    assert (await heard(world.database))[-1] == ("review.closed", told)


async def test_what_is_gone_by_now_is_not_proposed(office: Office, world: World) -> None:
    await run(world, open_reviews, {"opened_on": "2026-11-02"})
    review = (await reviews(world))[world.departments["west"]]
    line = "p, salesperson, class:contact, show, own, allow"
    await office.pass_through(remove=[line])
    async with world.database.unit_of_work() as work:
        service = ReviewService(work, world.viewer("leader"), office.keeper)
        for item in await work.session.scalars(
            sa.select(AccessReviewItem).where(AccessReviewItem.review_id == review.id)
        ):
            contact = (item.object, item.act) == ("class:contact", "show")
            await service.decide(item.id, ReviewDecision.REMOVE if contact else ReviewDecision.KEEP, "seen")
        assert (await service.close(review.id)).change_id is None
        with pytest.raises(Conflict):
            await service.close(review.id)


async def test_a_program_decides_nothing(office: Office, world: World) -> None:
    await run(world, open_reviews, {"opened_on": "2026-11-02"})
    review = (await reviews(world))[world.departments["west"]]
    leader = world.viewer("leader")
    program = type(leader)("program", None, (), ("leader",), leader.plan)
    with pytest.raises(Forbidden):
        async with world.database.unit_of_work() as work:
            await ReviewService(work, program, office.keeper).close(review.id)
