"""Fill an empty database with a year: the company, what the audit recorded, digests, reviews."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from core.access.plan import Catalogue
from core.audit.chain import Chain
from core.clock import HeldClock, midnight
from core.customers.models import Customer, Interaction
from core.db.database import Database
from core.demo.invented import Inventor
from core.demo.load import NOT_EMPTY
from core.demo.stage import Stage
from core.demo.standing import make_qualifications
from core.demo.year.calendar import workdays
from core.demo.year.days import Diary
from core.demo.year.people import Person, hire, make_departments, write_people
from core.demo.year.portfolio import make_customers
from core.demo.year.stories import WEEK, Story, cast
from core.errors import Conflict, InvalidInput
from core.organization.models import Department
from core.policies.keeper import PolicyKeeper
from core.reviews.jobs import digest_week
from core.reviews.models import AuditDigest
from core.reviews.opening import Opening, Period
from core.reviews.rights import policy_in_force
from core.reviews.weeks import Week
from core.settings import Settings
from core.text import Text

FEWEST_EMPLOYEES, FEWEST_WEEKS, QUARTER = 40, 10, 3
SMALL = Text(
    "at least {employees} employees and {weeks} weeks, or there is nobody to compare with",
    "至少需要 {employees} 名员工、{weeks} 周，否则无从比较",
)
NIGHT = dt.timedelta(hours=2)


@dataclass(frozen=True)
class YearPlan:
    """How large, how long, and which one of all possible years."""

    employees: int = 500
    weeks: int = 50
    seed: int = 1


@dataclass
class YearReport:
    """What was made. `flagged`: employees' numbers, each with the flags of all weeks."""

    people: Sequence[Person]
    stories: Sequence[Story]
    first: dt.date
    until: dt.date
    customers: int = 0
    records: int = 0
    reviews: int = 0
    flagged: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Filling:
    """One run. `clock` is the database's, and goes through the year; the keeper brings the policies."""

    database: Database
    clock: HeldClock
    settings: Settings
    keeper: PolicyKeeper
    catalogue: Catalogue
    plan: YearPlan

    async def run(self) -> YearReport:
        """CONFLICT where there is data; INVALID_INPUT where the company is too small to tell anything."""
        if self.plan.employees < FEWEST_EMPLOYEES or self.plan.weeks < FEWEST_WEEKS:
            raise InvalidInput(None, SMALL, employees=FEWEST_EMPLOYEES, weeks=FEWEST_WEEKS)
        now, zone = self.clock.now(), self.settings.zone
        last = Week.last(now, zone)
        monday = last.earlier(self.plan.weeks - 1)
        await self.keeper.seed()
        report, stage = await self._company(monday, last.monday + WEEK)
        await self._audit(report, stage)
        for number in range(self.plan.weeks):
            week = Week(monday + number * WEEK, zone)
            self.clock.at = midnight(week.monday + WEEK, zone) + NIGHT
            async with self.database.unit_of_work() as work:
                await digest_week(work, self.settings, week)
        self.clock.at = now
        await self._review(report)
        await self._flagged(report)
        return report

    async def _company(self, monday: dt.date, until: dt.date) -> tuple[YearReport, Stage]:
        """In one transaction."""
        async with self.database.unit_of_work() as work:
            for model in (Department, Customer):
                if await work.session.scalar(sa.select(sa.exists().select_from(model))):
                    raise Conflict("database", NOT_EMPTY)
            work.ids = self.database.ids
            invent = Inventor(random.Random(self.plan.seed))  # noqa: S311
            stage = Stage(work, self.settings, invent, work.ids, self.clock.now())
            people = hire(stage, await make_departments(stage, self.plan.employees), monday, until)
            stories = cast(stage, people, monday, self.plan.weeks)
            await write_people(stage, people)
            await make_qualifications(stage)
            await make_customers(stage, people, stories, midnight(monday, self.settings.zone))
            report = YearReport(people, stories, monday, until, customers=stage.counts["customers"])
        return report, stage

    async def _audit(self, report: YearReport, stage: Stage) -> None:
        """A day at a time, through the writer that every process uses: the chains verify."""
        chain = Chain(self.database)
        diary = Diary(stage, report.people, report.stories)
        for day in diary.days(workdays(report.first, report.until)):
            self.clock.at = day.begins + dt.timedelta(days=1)
            async with self.database.unit_of_work() as work:
                stage.work = work
                await stage.insert(Interaction, day.interactions)
            await chain.write(day.entries)
            report.records += len(day.entries)

    async def _review(self, report: YearReport) -> None:
        """Of every department, over the last whole quarter."""
        zone = self.settings.zone
        period = Period.before(self.clock.now().astimezone(zone).date(), QUARTER)
        async with self.database.unit_of_work() as work:
            departments: Sequence[UUID] = (await work.session.scalars(sa.select(Department.id))).all()
        for department in sorted(departments):
            async with self.database.unit_of_work() as work:
                policy = await policy_in_force(work)
                if policy is not None:
                    opening = Opening(work, policy, self.catalogue, period, zone)
                    report.reviews += await opening.open(department) is not None

    async def _flagged(self, report: YearReport) -> None:
        numbers = {person.id: person.number for person in report.people}
        async with self.database.unit_of_work() as work:
            found = sa.select(AuditDigest.employee_id, AuditDigest.flags).where(AuditDigest.flagged)
            for employee, flags in await work.session.execute(found):
                report.flagged.setdefault(numbers[employee], set()).update(flags)
