"""A planted fortnight, its digests by hand, and the flags (BEY-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.clock import UTC
from core.jobs.declare import Context
from core.office import WorkingHours
from core.organization.models import Employee
from core.reviews.choices import DigestFlag
from core.reviews.digests import digest
from core.reviews.figures import Figures
from core.reviews.flags import Beside, flags_of, median, median_of_others
from core.reviews.jobs import digest_last
from core.reviews.models import AuditDigest
from core.reviews.weeks import Week
from core.services import Services
from core.settings import Settings
from tests.core.reviews.planted import Planted, more_customers, plant
from tests.core.world import World

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, SECOND = Week(dt.date(2026, 10, 19), ZONE), Week(dt.date(2026, 10, 26), ZONE)
HOURS = WorkingHours.read("Mon-Fri 08:30-18:30", ZONE)


def at(week: Week, day: int, hour: int) -> dt.datetime:
    """An hour of a day in Shanghai."""
    return dt.datetime.combine(week.days[day], dt.time(hour), ZONE).astimezone(UTC)


async def digests(world: World, week: Week) -> dict[UUID, Any]:
    async with world.database.unit_of_work() as work:
        rows = await work.session.scalars(sa.select(AuditDigest).where(AuditDigest.week == week.monday))
        return {row.employee_id: row for row in rows}


async def compute(world: World, *weeks: Week) -> None:
    for week in weeks:
        async with world.database.unit_of_work() as work:
            await digest(work, week, week.worked(HOURS))


async def plant_all(world: World, records: Sequence[Planted]) -> None:
    async with world.database.unit_of_work() as work:
        await plant(work, records)


async def set_leaving(world: World, who: str, day: dt.date | None) -> None:
    async with world.database.unit_of_work() as work:
        await work.session.execute(
            sa.update(Employee).where(Employee.id == world.employees[who]).values(leaves_on=day)
        )


async def test_a_planted_fortnight(world: World) -> None:
    """The seller of the east has 40 customers, the leader 2; the west reads what is the east's."""
    mine = await more_customers(world, "salesperson", 40)
    theirs = await more_customers(world, "leader", 2)
    east, west = world.departments["east"], world.departments["west"]
    seller, thief, leader = (world.employees[n] for n in ("salesperson", "salesperson_west", "leader"))
    await plant_all(
        world,
        [
            # Monday to Wednesday, 10 customers a day, one of them each day; 12 of them in all in two requests
            Planted(at(FIRST, 0, 9), seller, east, customers=tuple(mine[:10]), calls=3),
            Planted(at(FIRST, 1, 9), seller, east, customers=(*mine[10:19], mine[0])),
            Planted(at(FIRST, 1, 20), seller, east, customers=tuple(mine[5:7]), purpose=None),
            Planted(at(FIRST, 2, 18), seller, east, AuditKind.EXPORT, tuple(mine[:4]), calls=2),
            Planted(at(FIRST, 2, 18), seller, east, AuditKind.REFUSAL, calls=7),
            Planted(at(FIRST, 3, 9), seller, east, AuditKind.UNMASK, (theirs[0],), emergency=leader),
            Planted(at(FIRST, 3, 9), seller, east, AuditKind.WRITE, tuple(mine[20:30])),
            Planted(at(FIRST, 4, 9), leader, east, customers=tuple(mine[:6])),
            Planted(at(SECOND, 6, 23), thief, west, customers=tuple(mine[:39]), calls=40, purpose=None),
            Planted(at(SECOND, 0, 9), seller, east, customers=tuple(mine[:3]), calls=100),
        ],
    )
    await compute(world, FIRST, SECOND)
    found = await digests(world, FIRST)
    assert found.keys() == {seller, leader}
    shown = {name: getattr(found[seller], name) for name in AuditDigest.__table__.c.keys()[3:-1]}
    assert shown == {
        "department_id": east,
        "readings": 6,
        "customers": 20,
        "foreign_customers": 1,
        "most_a_day": 12,
        "days_active": 4,
        "exports": 2,
        "exported_customers": 4,
        "without_purpose": 1,
        "outside_hours": 1,
        "refusals": 7,
        "emergencies": 1,
        "peers_customers": 6,
        "factor_millis": 3_333,
        "usual_foreign": None,
        "flags": [],
        "flagged": False,
    }
    assert (found[leader].foreign_customers, found[leader].factor_millis) == (6, 300)
    found = await digests(world, SECOND)
    figures = found[thief]
    assert (figures.customers, figures.foreign_customers, figures.most_a_day) == (39, 39, 39)
    assert (figures.peers_customers, figures.factor_millis, figures.outside_hours) == (3, 13_000, 40)
    # Nothing to compare with: neither five in the department nor four weeks of history.
    assert figures.flags == ["NO_PURPOSE", "UNUSUAL_HOURS"]
    assert figures.flagged


async def test_bulk_reading_is_flagged_beside_a_department_and_beside_the_past(world: World) -> None:
    mine, east = await more_customers(world, "leader", 60), world.departments["east"]
    people = [n for n, key in world.employees.items() if not n.endswith("_west") and n != "leader"]
    weeks = [Week(FIRST.earlier(n), ZONE) for n in range(5, 0, -1)]
    quiet = [
        Planted(at(week, 1, 10), world.employees[n], east, customers=tuple(mine[:2]))
        for week in (*weeks, FIRST, SECOND)
        for n in people
    ]
    finance, thief = world.employees["finance"], world.employees["salesperson"]
    # Finance reads everybody's, every week; the thief does so in the last two.
    usual = [Planted(at(w, 2, 10), finance, east, customers=tuple(mine)) for w in (*weeks, FIRST, SECOND)]
    bulk = [Planted(at(week, 2, 10), thief, east, customers=tuple(mine[:40])) for week in (FIRST, SECOND)]
    await plant_all(world, [*quiet, *usual, *bulk])
    await compute(world, *weeks, FIRST, SECOND)
    for week in (FIRST, SECOND):  # one week of bulk does not make the next one usual
        found = await digests(world, week)
        assert found[thief].flags == ["BULK_FOREIGN"]
        assert (found[thief].peers_customers, found[thief].factor_millis) == (2, 20_000)
        assert found[thief].usual_foreign == 2
        assert [row.employee_id for row in found.values() if row.flagged] == [thief]
    # Finance stood out from the department as long as it had no past.
    assert [(await digests(world, week))[finance].flagged for week in weeks] == [True] * 4 + [False]


async def test_exports_are_looked_at_again_when_somebody_leaves(world: World) -> None:
    mine, east = await more_customers(world, "leader", 3), world.departments["east"]
    seller = world.employees["salesperson"]
    await plant_all(world, [Planted(at(FIRST, 1, 10), seller, east, AuditKind.EXPORT, tuple(mine))])
    await compute(world, FIRST)
    before = (await digests(world, FIRST))[seller]
    assert before.flags == []
    for leaves_on, flags in (
        (FIRST.days[6] + dt.timedelta(days=60), ["EXPORT_BEFORE_LEAVING"]),
        (FIRST.days[6] + dt.timedelta(days=61), []),
        (FIRST.days[0], ["EXPORT_BEFORE_LEAVING"]),
        (None, []),
    ):
        await set_leaving(world, "salesperson", leaves_on)
        await compute(world, SECOND)
        after = (await digests(world, FIRST))[seller]
        assert (after.id, after.flags, after.flagged) == (before.id, flags, bool(flags))


async def test_computed_again_rows_keep_their_ids_and_what_is_gone_goes(world: World) -> None:
    east = world.departments["east"]
    seller, leader = world.employees["salesperson"], world.employees["leader"]
    await plant_all(world, [Planted(at(FIRST, 1, 10), who, east) for who in (seller, leader)])
    await compute(world, FIRST)
    before = await digests(world, FIRST)
    async with world.database.unit_of_work() as work:
        await work.session.execute(sa.delete(AuditRecord).where(AuditRecord.employee_id == leader))
    await plant_all(world, [Planted(at(FIRST, 2, 10), seller, east)])
    await compute(world, FIRST)
    after = await digests(world, FIRST)
    assert {key: (row.id, row.readings) for key, row in after.items()} == {seller: (before[seller].id, 2)}


async def test_the_job_computes_the_last_week_that_is_over(world: World) -> None:
    east, seller = world.departments["east"], world.employees["salesperson"]
    await plant_all(world, [Planted(at(SECOND, 6, 23), seller, east)])  # an hour before the week of NOW
    services = Services()
    services.add(Settings(env="development", _env_file=None))
    async with world.database.unit_of_work() as work:
        assert await digest_last(Context(work, world.operator(), services), {}) is None
    assert (await digests(world, SECOND)).keys() == {seller}


@pytest.mark.parametrize(
    ("figures", "beside", "flags"),
    [
        ({"foreign_customers": 30, "customers": 30}, {}, ["BULK_FOREIGN"]),
        ({"foreign_customers": 29, "customers": 90}, {}, []),
        ({"foreign_customers": 30, "customers": 29}, {}, []),
        ({"foreign_customers": 30, "customers": 30}, {"usual": 10}, ["BULK_FOREIGN"]),
        ({"foreign_customers": 30, "customers": 30}, {"usual": 11}, []),
        ({"foreign_customers": 30, "customers": 30}, {"in_department": False}, []),
        ({"foreign_customers": 30, "customers": 30}, {"in_department": False, "usual": 0}, ["BULK_FOREIGN"]),
        ({"readings": 19, "without_purpose": 10}, {}, ["NO_PURPOSE"]),
        ({"readings": 20, "without_purpose": 10}, {}, []),
        ({"readings": 10, "without_purpose": 9}, {}, []),
        ({"readings": 19, "without_purpose": 10}, {"purposes_are_declared": False}, []),
        ({"readings": 60, "outside_hours": 20}, {}, ["UNUSUAL_HOURS"]),
        ({"readings": 61, "outside_hours": 20}, {}, []),
        ({"readings": 19, "outside_hours": 19}, {}, []),
        ({"refusals": 30}, {}, ["MANY_REFUSALS"]),
        ({"refusals": 29}, {}, []),
    ],
)
def test_thresholds(figures: dict[str, Any], beside: dict[str, Any], flags: list[str]) -> None:
    some = UUID(int=1)
    given: dict[str, Any] = {
        "peers": 10,
        "in_department": True,
        "usual": None,
        "leaves_on": None,
        "monday": FIRST.monday,
        "purposes_are_declared": True,
    }
    found = flags_of(Figures(some, some, **figures), Beside(**{**given, **beside}))
    assert found == [DigestFlag[name] for name in flags]


def test_medians() -> None:
    assert [median(some) for some in ([], [3], [1, 9], [1, 2, 9])] == [0, 3, 1, 2]
    for some in ([4], [1, 9], [1, 1, 2], [1, 2, 2, 7, 9], [0, 0, 3, 3, 3, 8]):
        for place, own in enumerate(some):
            assert median_of_others(some, own) == median([*some[:place], *some[place + 1 :]])
