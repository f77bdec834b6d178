"""When a week is flagged. A flag says that somebody should look, not that something is wrong.

docs/audit.md explains each threshold; change both together.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.reviews.choices import DigestFlag
from core.reviews.figures import Figures
from core.reviews.weeks import DAYS

FEWEST_PEERS = 5
"""With fewer others in the department, the others of the company are compared with."""
HISTORY_WEEKS, FEWEST_WEEKS = 8, 4
"""How far back an employee's own weeks are looked at, and how many of them it takes to compare."""
FOREIGN_CUSTOMERS, FOREIGN_FACTOR, FOREIGN_USUAL = 30, 3_000, 3
"""BULK_FOREIGN: so many customers of others, so many times (thousandths) what the others of the department
read, and so many times what is usual for this employee."""
LEAVING_DAYS = 60
"""EXPORT_BEFORE_LEAVING: an export so shortly before the day of leaving, or after it."""
NO_PURPOSE_READINGS = 10
"""NO_PURPOSE: so many readings, and more than half of the employee's, while most others declare one."""
OUTSIDE_READINGS, OUTSIDE_SHARE = 20, 3
"""UNUSUAL_HOURS: so many readings, and at least one in so many of the employee's."""
REFUSALS = 30
"""MANY_REFUSALS: so many refused requests."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What an employee's week stands beside.

    `peers`: the median of the others' customers, and whether they are of the same department; `usual`: the
    median of the employee's own foreign customers, None where too few weeks are known.
    """

    peers: int
    in_department: bool
    usual: int | None
    leaves_on: dt.date | None
    monday: dt.date
    purposes_are_declared: bool

    def factor(self, customers: int) -> int:
        """In thousandths."""
        return customers * 1_000 // max(self.peers, 1)


def flags_of(one: Figures, beside: Beside) -> list[DigestFlag]:
    """What somebody should look at."""
    return list(_flags(one, beside))


def _flags(one: Figures, beside: Beside) -> Iterator[DigestFlag]:
    if one.foreign_customers >= FOREIGN_CUSTOMERS and _unusual(one, beside):
        yield DigestFlag.BULK_FOREIGN
    if one.exports and leaving(beside.monday, beside.leaves_on):
        yield DigestFlag.EXPORT_BEFORE_LEAVING
    mostly = one.without_purpose * 2 > one.readings
    if one.without_purpose >= NO_PURPOSE_READINGS and mostly and beside.purposes_are_declared:
        yield DigestFlag.NO_PURPOSE
    if one.outside_hours >= OUTSIDE_READINGS and one.outside_hours * OUTSIDE_SHARE >= one.readings:
        yield DigestFlag.UNUSUAL_HOURS
    if one.refusals >= REFUSALS:
        yield DigestFlag.MANY_REFUSALS


def _unusual(one: Figures, beside: Beside) -> bool:
    """Far more than the others; and than before, or who has no history stands beside a department."""
    if beside.factor(one.customers) < FOREIGN_FACTOR:
        return False
    if beside.usual is None:
        return beside.in_department
    return one.foreign_customers >= FOREIGN_USUAL * max(beside.usual, 1)


def leaving(monday: dt.date, leaves_on: dt.date | None) -> bool:
    """Whether the week reaches into the time before leaving."""
    if leaves_on is None:
        return False
    return monday + dt.timedelta(days=DAYS - 1) >= leaves_on - dt.timedelta(days=LEAVING_DAYS)


def median(ordered: Sequence[int]) -> int:
    """The lower middle of ordered figures; 0 for none."""
    return ordered[(len(ordered) - 1) // 2] if ordered else 0


def median_of_others(ordered: Sequence[int], own: int) -> int:
    """The lower middle without one's own figure, which is among them."""
    place = bisect.bisect_left(ordered, own)
    middle = (len(ordered) - 2) // 2
    if middle < 0:
        return 0
    return ordered[middle + (middle >= place)]
