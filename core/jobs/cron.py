"""Cron expressions, in the company's time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from core.clock import UTC
from core.errors import ConfigurationError
from core.text import Text

FIELDS = 5
ANY_DAY = dt.datetime(2026, 1, 1, tzinfo=UTC)
NO_CRON = Text(
    "{every!r} is no cron expression, or its time never comes; "
    "write minute, hour, day, month and weekday, such as 0 9 * * 1",
    "{every!r} 不是 cron 表达式，或其时间永不到来；请写分、时、日、月、星期，如 0 9 * * 1",
)


def check(name: str, every: str) -> None:
    """ConfigurationError, naming the job, unless the expression has five fields and a time that comes."""
    try:
        if len(every.split()) == FIELDS:
            croniter(every, ANY_DAY).get_next(dt.datetime)
            return
    except CroniterError:
        pass
    raise ConfigurationError(name, NO_CRON, every=every)


def after(every: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first tick after `now`, in UTC.

    Where a clock is put forward, what lies in the gap comes right after it. Where it is put back, what names
    its hours comes once, and what comes in every hour does so in both.
    """
    ticks = croniter(every, now.astimezone(zone))
    found: dt.datetime = ticks.get_next(dt.datetime)
    while found.fold and not every.split()[1].startswith("*"):
        found = ticks.get_next(dt.datetime)
    return found.astimezone(UTC)
