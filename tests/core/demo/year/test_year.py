"""A small company's ten weeks, made as the large one's year: the three abuses are flagged, the others not."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from core.access.current import Policies
from core.access.plan import Catalogue
from core.access.relations import Relations
from core.audit.models import AuditRecord
from core.audit.verifying.service import verify
from core.clock import HeldClock
from core.db.database import Database
from core.demo.year.calendar import works
from core.demo.year.fill import Filling, YearPlan, YearReport
from core.demo.year.stories import Plot
from core.errors import Conflict, InvalidInput
from core.models import CORE_MODELS
from core.policies.keeper import PolicyKeeper
from core.reviews.choices import DigestFlag
from core.runtime import read_policies, words_of
from core.settings import Settings
from tests.core.world import POLICIES

SETTINGS = Settings(env="development", _env_file=None)
EXPECTED = {
    Plot.BROWSING: {DigestFlag.BULK_FOREIGN.name},
    Plot.LEAVING: {DigestFlag.EXPORT_BEFORE_LEAVING.name},
    Plot.PURPOSELESS: {DigestFlag.NO_PURPOSE.name},
}
MOST_OTHERS = 0.02


async def fill(database: Database, plan: YearPlan) -> YearReport:
    words, clock = words_of(), database.clock
    assert isinstance(clock, HeldClock)
    keeper = PolicyKeeper(database, Policies(read_policies(POLICIES, words)), words)
    catalogue = Catalogue(Relations(CORE_MODELS), words.fields)
    return await Filling(database, clock, SETTINGS, keeper, catalogue, plan).run()


async def test_abuses_are_flagged_and_what_looks_like_one_is_not(database: Database) -> None:
    """ACC-3, ACC-4, BEY-9, BEY-10."""
    plan = YearPlan(employees=40, weeks=10)
    report = await fill(database, plan)
    assert (len(report.people), (report.until - report.first).days) == (plan.employees, 7 * plan.weeks)
    played = {story.who.number: story.plot for story in report.stories}
    assert {*played.values()} == {*Plot}
    for number, plot in played.items():
        assert report.flagged.get(number, set()) == EXPECTED.get(plot, set()), (number, plot)
    others = report.flagged.keys() - played.keys()
    assert len(others) <= MOST_OTHERS * plan.employees
    assert report.reviews
    checked = await verify(database)
    assert checked.findings == []
    assert checked.records >= report.records
    async with database.unit_of_work() as work:
        latest = await work.session.scalar(sa.select(sa.func.max(AuditRecord.at)))
    assert latest is not None
    assert latest <= database.clock.now()
    with pytest.raises(Conflict):
        await fill(database, plan)


async def test_a_company_too_small_to_compare_is_refused(database: Database) -> None:
    for plan in (YearPlan(employees=39), YearPlan(weeks=9)):
        with pytest.raises(InvalidInput):
            await fill(database, plan)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-16", False),  # Spring Festival
        ("2026-02-14", True),  # a Saturday that makes up for it
        ("2026-10-08", True),
        ("2026-11-07", False),
        ("2026-11-09", True),
        ("2031-10-02", False),  # a year that nobody announced yet
        ("2031-10-08", True),
    ],
)
def test_the_calendar_is_chinas(day: str, *, expected: bool) -> None:
    assert works(dt.date.fromisoformat(day)) is expected
