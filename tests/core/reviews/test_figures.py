"""The figures that the database counts are those of plain Python, on any records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access.purposes import Purpose
from core.audit.choices import AuditKind
from core.clock import UTC
from core.customers.models import CustomerMember
from core.errors import InvalidInput
from core.office import WorkingHours
from core.reviews.figures import figures_of
from core.reviews.weeks import Week
from tests.core.reviews.planted import Planted, by_hand, clear, more_customers, plant
from tests.core.world import World

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "UTC")]
# The first is the week in which Berlin puts its clocks back.
WEEKS = (dt.date(2026, 10, 19), dt.date(2026, 11, 9))
KINDS = (AuditKind.READ, AuditKind.UNMASK, AuditKind.EXPORT, AuditKind.REFUSAL, AuditKind.WRITE)
PEOPLE = ("salesperson", "salesperson_west", "leader")
HOURS = ("", "Mon-Fri 08:30-18:30", "Sun 01:00-24:00", "Mon 00:00-24:00, Tue 09:00-10:00")
SECONDS = st.integers(-100_000, 700_000) | st.integers(-24, 200).map(lambda hours: hours * 3_600)
"""From a day before the week to a day after it, and often where days begin."""


@dataclass(frozen=True)
class Drawn:
    """A record, by the places of what it names."""

    seconds: int
    person: int | None
    department: int | None
    kind: AuditKind
    customers: Collection[int]
    calls: int
    purpose: Purpose | None
    emergency: int | None

    def planted(self, monday: dt.date, some: Scene) -> Planted:
        """The record of this scene."""
        return Planted(
            dt.datetime.combine(monday, dt.time(), UTC) + dt.timedelta(seconds=self.seconds),
            None if self.person is None else some.people[self.person],
            None if self.department is None else some.departments[self.department],
            self.kind,
            tuple(some.customers[place] for place in sorted(self.customers)),
            self.calls,
            self.purpose,
            None if self.emergency is None else UUID(int=self.emergency + 1),
        )


@dataclass(frozen=True)
class Scene:
    """Who is there, and whose customers they are."""

    world: World
    people: Sequence[UUID]
    departments: Sequence[UUID]
    owners: Mapping[UUID, UUID | None]
    members: Collection[tuple[UUID, UUID]]

    @property
    def customers(self) -> Sequence[UUID]:
        """In the order in which they were made."""
        return list(self.owners)


@pytest.fixture
async def scene(world: World) -> Scene:
    """Two customers of each of three people, two of nobody; one more in a team, and one owner in the own."""
    owned = {name: await more_customers(world, name, 2) for name in PEOPLE}
    free = await more_customers(world, None, 2)
    owners = {c: world.employees[name] for name, some in owned.items() for c in some} | dict.fromkeys(free)
    pairs = ((owned["leader"][0], "salesperson"), (free[0], "leader"), (owned["leader"][1], "leader"))
    members = {(customer, world.employees[name]) for customer, name in pairs}
    async with world.database.unit_of_work() as work:
        work.session.add_all(
            CustomerMember(id=work.ids.new(), customer_id=c, employee_id=e) for c, e in sorted(members)
        )
    people = [world.employees[name] for name in PEOPLE]
    return Scene(world, people, [*world.departments.values()], owners, members)


def places(many: int) -> st.SearchStrategy[int | None]:
    """One of so many, or none."""
    return st.none() | st.integers(0, many - 1)


RECORDS = st.lists(
    st.builds(
        Drawn,
        seconds=SECONDS,
        person=places(3),
        department=places(3),
        kind=st.sampled_from(KINDS),
        customers=st.sets(st.integers(0, 7), max_size=4),
        calls=st.integers(1, 5),
        purpose=st.sampled_from((None, *Purpose)),
        emergency=places(2),
    ),
    max_size=25,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(RECORDS, st.sampled_from(WEEKS), st.sampled_from(ZONES), st.sampled_from(HOURS))
async def test_figures_are_what_plain_python_counts(
    scene: Scene, drawn: Sequence[Drawn], monday: dt.date, zone: ZoneInfo, text: str
) -> None:
    week = Week(monday, zone)
    hours = week.worked(WorkingHours.read(text, zone))
    records = [one.planted(monday, scene) for one in drawn]
    await clear(scene.world.database)
    async with scene.world.database.unit_of_work() as work:
        await plant(work, records)
        found = await figures_of(work, week, hours)
    assert found == by_hand(records, week, scene.owners, scene.members, hours)


def test_a_week_is_named_as_iso_8601_does() -> None:
    zone, now = ZONES[0], dt.datetime(2026, 11, 15, 16, tzinfo=UTC)  # Monday, at midnight in Shanghai
    week = Week.of("2026-W46", now, zone)
    assert (week.monday, str(week), Week.last(now, zone)) == (dt.date(2026, 11, 9), "2026-W46", week)
    assert str(Week(dt.date(2027, 1, 2) - dt.timedelta(days=5), zone)) == "2026-W53"
    assert week.bounds[0] == dt.datetime(2026, 11, 8, 16, tzinfo=UTC)
    for bad in ("2026-W47", "2026-46", "2026-11-09", "W46", "", "2026-W54"):
        with pytest.raises(InvalidInput):
            Week.of(bad, now, zone)


def test_days_of_a_week_may_have_25_hours() -> None:
    week = Week(WEEKS[0], ZONES[1])
    assert week.bounds[-1] - week.bounds[-2] == dt.timedelta(hours=25)
    assert week.worked(WorkingHours.read("Sun 00:00-24:00", ZONES[1])) == (
        (week.bounds[-2], week.bounds[-1]),
    )
