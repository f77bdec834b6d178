"""What is planted: three abuses that the digests have to show, and what looks like one and is none."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.demo.stage import Stage
from core.demo.year.calendar import workdays
from core.demo.year.people import Person
from core.organization.choices import DepartmentKind
from core.text import Text

WEEK = dt.timedelta(days=7)
ENOUGH_DAYS, ENOUGH_PEERS = 4, 8
CHAMPION = 150
"""Customers of the colleague whose customers are browsed."""
NEWCOMER, STAND_IN, NOTICE = 110, 26, 14


class Plot(enum.Enum):
    """What somebody does out of the ordinary."""

    BROWSING = Text("browses the customers of a colleague", "大量浏览同事的客户")
    LEAVING = Text("exports the own customers a fortnight before leaving", "离职前两周导出名下客户")
    PURPOSELESS = Text("reads without saying for what", "读取时不申报用途")
    STANDING_IN = Text("stands in for a colleague on holiday, in the team", "作为团队成员为休假同事代班")
    STOCK_TAKING = Text("goes through all customers with the whole department", "随全部门盘点客户")
    NEWCOMER = Text("is new, and reads the customers who were handed over", "新员工熟悉移交的客户")


ABUSES = (Plot.BROWSING, Plot.LEAVING, Plot.PURPOSELESS)


@dataclass(frozen=True)
class Story:
    """Who does it, from when until before when; to whose customers."""

    plot: Plot
    who: Person
    first: dt.date
    until: dt.date
    whose: Person | None = None

    def goes_on(self, day: dt.date) -> bool:
        """Whether it happens on this day."""
        return self.first <= day < self.until


@dataclass
class Casting:
    """Finds people and weeks for the stories; nobody plays in two."""

    stage: Stage
    people: Sequence[Person]
    monday: dt.date
    weeks: int
    taken: set[str] = field(default_factory=set)

    def week(self, share: float, weeks: int = 1) -> tuple[dt.date, dt.date]:
        """The first whole weeks with enough days of work, once this share of the time is over."""
        length = weeks * WEEK
        numbers = range(int(self.weeks * share), self.weeks - weeks + 1)
        first = max(
            (self.monday + number * WEEK for number in numbers),
            key=lambda first: min(len(workdays(first, first + length)), ENOUGH_DAYS * weeks),
        )
        return first, first + length

    def someone(self, people: Iterable[Person]) -> Person:
        """One who is in no story yet."""
        free = [one for one in people if one.number not in self.taken]
        one = self.stage.invent.one(free)
        self.taken.add(one.number)
        one.leaves = None
        return one

    def departments(self, kind: DepartmentKind) -> list[list[Person]]:
        """The departments of a kind, with who works there, those with enough people first."""
        found: dict[object, list[Person]] = {}
        for one in self.people:
            if one.employee.kind is kind:
                found.setdefault(one.employee.department, []).append(one)
        return sorted(found.values(), key=lambda some: len(some) < ENOUGH_PEERS)


def cast(stage: Stage, people: Sequence[Person], monday: dt.date, weeks: int) -> list[Story]:
    """Give the parts; those who play get the holidays, the customers and the days that it takes."""
    casting = Casting(stage, people, monday, weeks)
    sales = casting.departments(DepartmentKind.SALES)
    watched, counted = sales[0], sales[1 % len(sales)]
    stories = [*_abuses(casting, watched, counted), *_ordinary(casting, watched, counted)]
    for one in stories:
        one.who.away = {day for day in one.who.away if not one.goes_on(day)}
    return stories


def _abuses(casting: Casting, watched: Sequence[Person], counted: Sequence[Person]) -> list[Story]:
    browser, champion = casting.someone(watched), casting.someone(watched)
    champion.portfolio = CHAMPION
    browsing = Story(Plot.BROWSING, browser, *casting.week(0.7, 2), champion)
    leaver = casting.someone(counted)
    day = workdays(*casting.week(0.7))[0]
    leaver.leaves = day + dt.timedelta(days=NOTICE)
    leaving = Story(Plot.LEAVING, leaver, day, day + dt.timedelta(days=1))
    purposeless = Story(Plot.PURPOSELESS, casting.someone(counted), *casting.week(0.5, 2))
    return [browsing, leaving, purposeless]


def _ordinary(casting: Casting, watched: Sequence[Person], counted: Sequence[Person]) -> list[Story]:
    keepers = casting.departments(DepartmentKind.KEY_ACCOUNTS)[0]
    first, until = casting.week(0.5, 2)
    absent = casting.someone(keepers)
    absent.away.update(workdays(first, until))
    stories = [Story(Plot.STANDING_IN, casting.someone(keepers), first, until, absent)]
    newcomer = casting.someone(watched)
    newcomer.joined, newcomer.portfolio = casting.week(0.4)[0], NEWCOMER
    stories.append(Story(Plot.NEWCOMER, newcomer, newcomer.joined, newcomer.joined + 2 * WEEK))
    week = casting.week(0.6)
    takers = [one for one in counted if one.leaves is None and one.number not in casting.taken]
    return [*stories, *(Story(Plot.STOCK_TAKING, one, *week) for one in takers)]
