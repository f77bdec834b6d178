"""On which days a company in China works, and how busy it is then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

SATURDAY = 5
OFF = (
    ("2025-01-01", 1), ("2025-01-28", 8), ("2025-04-04", 3), ("2025-05-01", 5), ("2025-05-31", 3),
    ("2025-10-01", 8), ("2026-01-01", 3), ("2026-02-15", 9), ("2026-04-04", 3), ("2026-05-01", 5),
    ("2026-06-19", 3), ("2026-09-25", 3), ("2026-10-01", 7),
)  # fmt: skip
"""First day and length of the holidays, as the State Council announced them."""
MADE_UP = (
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14",
    "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip
"""Days of weekends on which work is made up for."""
FIXED = ((1, 1, 1), (5, 1, 3), (10, 1, 5))
"""Month, day and length of those that come each year, for the years that the list does not know."""
BUSY = {1: 1.2, 2: 0.8, 6: 1.3, 9: 1.1, 11: 1.45, 12: 1.2}
"""Months with more or less to do: before the Spring Festival, 618, the festivals of autumn, 11.11."""


def _holidays() -> Iterator[dt.date]:
    for first, days in OFF:
        yield from (dt.date.fromisoformat(first) + dt.timedelta(days=i) for i in range(days))


HOLIDAYS = frozenset(_holidays())
WORKING = frozenset(map(dt.date.fromisoformat, MADE_UP))
KNOWN = frozenset(day.year for day in HOLIDAYS)


def works(day: dt.date) -> bool:
    """Whether the company works on this day."""
    if day in WORKING:
        return True
    if day.weekday() >= SATURDAY or day in HOLIDAYS:
        return False
    if day.year in KNOWN:
        return True
    return not any(day.month == month and first <= day.day < first + days for month, first, days in FIXED)


def busyness(day: dt.date) -> float:
    """How much there is to do, beside an ordinary month."""
    return BUSY.get(day.month, 1.0)


def workdays(first: dt.date, until: dt.date) -> list[dt.date]:
    """The working days from one day until before another."""
    days = (first + dt.timedelta(days=i) for i in range((until - first).days))
    return [day for day in days if works(day)]
