"""Time, injected: nothing in the product asks the machine for it except `SystemClock`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

UTC = dt.UTC


class Clock(Protocol):
    """Tells the present time, aware, in UTC."""

    def now(self) -> dt.datetime:
        """The present time in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """The present time in UTC."""
        return dt.datetime.now(UTC)


@dataclass
class HeldClock:
    """A clock that stands until it is set; for tests and for reproducible data."""

    at: dt.datetime

    def now(self) -> dt.datetime:
        """The time at which the clock is held."""
        return self.at

    def advance(self, by: dt.timedelta) -> None:
        """Move the clock forward."""
        self.at += by


def midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """When a day begins in a zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(UTC)


FIRST_YEAR, LAST_YEAR = 1970, 2100


@lru_cache(maxsize=16)
def offsets(zone: ZoneInfo) -> list[tuple[str, int]]:
    """When each of a zone's offsets from UTC began (UTC text), and the offset in seconds; 1970 to 2100."""
    step, at = dt.timedelta(days=14), dt.datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    found = [("", _offset(zone, at))]
    while at.year < LAST_YEAR:
        if _offset(zone, at + step) != found[-1][1]:
            low, high = 0, int(step.total_seconds())
            while high - low > 1:
                middle = (low + high) // 2
                same = _offset(zone, at + dt.timedelta(seconds=middle)) == found[-1][1]
                low, high = (middle, high) if same else (low, middle)
            start = at + dt.timedelta(seconds=high)
            found.append(
                (start.replace(tzinfo=None).isoformat(timespec="microseconds"), _offset(zone, start))
            )
        at += step
    return found


def _offset(zone: ZoneInfo, at: dt.datetime) -> int:
    return int((at.astimezone(zone).utcoffset() or dt.timedelta()).total_seconds())
