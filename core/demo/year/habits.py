"""What employees of each role read in the ordinary course of things: the lines of `habits.csv`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.access.purposes import Purpose
from core.demo.stage import table


class Pool(enum.Enum):
    """From which customers somebody reads, beside their own."""

    NONE = enum.auto()
    TEAM = enum.auto()
    DEPARTMENT = enum.auto()
    COMPANY = enum.auto()


@dataclass(frozen=True)
class Habit:
    """A role's days: customers a day, own ones and those of `pool`; for what, and how often of each.

    `exports`: how many a month; `notes`: on which share of the days contacts are written down.
    """

    own: float
    others: float
    pool: Pool
    operation: str
    fields: tuple[str, ...]
    purposes: Mapping[Purpose, int]
    exports: float
    notes: float


@cache
def habits() -> Mapping[str, Habit]:
    """By role."""
    return {line["role"]: _habit(line) for line in table("year/habits.csv")}


def _habit(line: Mapping[str, str]) -> Habit:
    purposes = (part.split(":") for part in line["purposes"].split())
    return Habit(
        own=float(line["own"]),
        others=float(line["others"]),
        pool=Pool[line["pool"]],
        operation=line["operation"],
        fields=tuple(line["fields"].split()),
        purposes={Purpose[name]: int(weight) for name, weight in purposes},
        exports=float(line["exports"]),
        notes=float(line["notes"]),
    )
