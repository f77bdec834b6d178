"""The rules of levels: pure functions, so that joining and the nightly job say the same (PTS-1)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from schema.plugin import InvalidInput, Text

MOST_LEVELS = 20
MOST_POINTS = 2**53 - 1
WHOLE = 10_000
NO_LEVELS = Text("give from 1 to {most} levels, the lowest first", "请由低到高给出 1 至 {most} 个等级")
TWICE = Text("this code stands twice", "代码重复")
FIRST = Text("members begin at the lowest level: it needs 0 points", "会员从最低等级开始：所需积分须为 0")
RISING = Text("it needs more points than the level below it ({below})", "所需积分须多于下一等级（{below}）")
RATIO = Text("a ratio of whole numbers from 1 to {most}", "应为 1 至 {most} 的整数之比")
DISCOUNT = Text("from 0 to {most} basis points", "应为 0 至 {most} 个基点")
MOST_RATIO = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """A level as the rules see it: its key, and the points needed for it."""

    id: UUID
    needed: int


def level_for(ladder: Sequence[Step], earned: int) -> Step | None:
    """The highest level that these points reach; `ladder`: the lowest first. None where none is reached."""
    reached = None
    for step in ladder:
        if step.needed <= earned:
            reached = step
    return reached


def months_before(at: dt.datetime, months: int, zone: ZoneInfo) -> dt.datetime:
    """The same day and hour in the zone, so many months earlier; the month's last day where it is shorter."""
    local = at.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(dt.UTC)


def check(levels: Sequence[dict[str, Any]]) -> None:
    """INVALID_INPUT, naming place and field, for levels that can't be told apart or reached in order."""
    if not 1 <= len(levels) <= MOST_LEVELS:
        raise InvalidInput("levels", NO_LEVELS, most=MOST_LEVELS)
    seen: set[str] = set()
    below = -1
    for place, level in enumerate(levels):
        name = f"levels.{place}"
        code, needed = level["code"].strip(), level["points_needed"]
        if code in seen:
            raise InvalidInput(f"{name}.code", TWICE)
        seen.add(code)
        if place == 0 and needed != 0:
            raise InvalidInput(f"{name}.pointsNeeded", FIRST)
        if not below < needed <= MOST_POINTS:
            raise InvalidInput(f"{name}.pointsNeeded", RISING, below=below)
        below = needed
        ratio = level.get("multiplier_numerator", 1), level.get("multiplier_denominator", 1)
        if not all(1 <= part <= MOST_RATIO for part in ratio):
            raise InvalidInput(f"{name}.multiplier", RATIO, most=MOST_RATIO)
        if not 0 <= level.get("discount_basis_points", 0) <= WHOLE:
            raise InvalidInput(f"{name}.discountBasisPoints", DISCOUNT, most=WHOLE)
