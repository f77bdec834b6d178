"""Months of the company, and in which of them an instant lies: SQLite knows no time zones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: its first day, and the instants at which it begins and the next one does."""

    day: dt.date
    start: dt.datetime
    end: dt.datetime


def months_until(at: dt.datetime, count: int, zone: ZoneInfo) -> list[Month]:
    """So many months, the earliest first; `at` lies in the last one."""
    local = at.astimezone(zone)
    newest = local.year * 12 + local.month - 1
    return [_month(number, zone) for number in range(newest - count + 1, newest + 1)]


def _month(number: int, zone: ZoneInfo) -> Month:
    return Month(_first(number), _instant(_first(number), zone), _instant(_first(number + 1), zone))


def _first(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def _instant(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)


def place_of(months: Sequence[Month], at: Any) -> sa.ColumnElement[int]:
    """The place among the months of an instant that lies in one of them."""
    return sa.case(
        *((at < month.end, sa.literal_column(str(place))) for place, month in enumerate(months[:-1])),
        else_=sa.literal_column(str(len(months) - 1)),
    )
