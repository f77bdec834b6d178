"""Weeks of the company: from Monday to Sunday in its zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from core.clock import UTC, midnight
from core.errors import InvalidInput
from core.office import WorkingHours
from core.text import Text

DAYS, MINUTES = 7, 24 * 60
FORM = Text("write a week as 2026-W46", "周请写作 2026-W46")
RUNNING = Text("the week is not over yet", "该周尚未结束")


@dataclass(frozen=True)
class Week:
    """One week."""

    monday: dt.date
    zone: ZoneInfo

    @classmethod
    def last(cls, now: dt.datetime, zone: ZoneInfo) -> Self:
        """The last one that is over."""
        today = now.astimezone(zone).date()
        return cls(today - dt.timedelta(days=today.weekday() + DAYS), zone)

    @classmethod
    def of(cls, text: str, now: dt.datetime, zone: ZoneInfo, field: str = "--week") -> Self:
        """The week that ISO 8601 calls so, such as 2026-W46; INVALID_INPUT for others and unfinished ones."""
        try:
            monday = dt.datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007  # a day, no time
        except ValueError:
            raise InvalidInput(field, FORM) from None
        if monday > cls.last(now, zone).monday:
            raise InvalidInput(field, RUNNING)
        return cls(monday, zone)

    def earlier(self, weeks: int) -> dt.date:
        """The Monday so many weeks before."""
        return self.monday - dt.timedelta(days=DAYS * weeks)

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """Its days."""
        return tuple(self.monday + dt.timedelta(days=i) for i in range(DAYS))

    @cached_property
    def bounds(self) -> tuple[dt.datetime, ...]:
        """When each day begins and, last, when the week ends, in UTC."""
        return tuple(midnight(self.monday + dt.timedelta(days=i), self.zone) for i in range(DAYS + 1))

    def worked(self, hours: WorkingHours) -> tuple[tuple[dt.datetime, dt.datetime], ...] | None:
        """From when until when the company works, in UTC; None where no working hours are set."""
        if not hours.spans:
            return None
        return tuple((self._at(day, start), self._at(day, end)) for day, start, end in hours.spans)

    def _at(self, day: int, minute: int) -> dt.datetime:
        """What clocks on the wall show as so many minutes of a day."""
        if minute == MINUTES:
            return self.bounds[day + 1]
        local = dt.datetime.combine(self.days[day], dt.time(minute // 60, minute % 60), self.zone)
        return local.astimezone(UTC)

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"
