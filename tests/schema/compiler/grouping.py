"""The judge's aggregates: rows grouped, counted and measured in plain Python."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from schema.vocabulary.groups import GroupKey
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import MoneyColumns, ToMany, ToOne
from tests.schema.compiler.conditions import BAD, NO, Conditions
from tests.schema.compiler.relations import Cells
from tests.schema.rows import Row

DEFAULT = 100
PLACES = 4
MEASURES: Mapping[str, Callable[[Any], Any]] = {"sum": sum, "min": min, "max": max}


@dataclass(frozen=True)
class Listed:
    """A list as it was asked for; `rows` is None for an imagined one."""

    target: ToMany
    cells: Cells
    rows: Sequence[Row] | None


@dataclass(frozen=True)
class Measured:
    """What is measured of a group."""

    listed: Listed
    measure: str
    rows: Sequence[Row]


class Grouping:
    """Aggregates for one caller."""

    def __init__(self, schema: Schema, conditions: Conditions, zone: ZoneInfo, most: int) -> None:
        """`most`: the largest number of groups."""
        self._schema, self._conditions, self._zone, self._most = schema, conditions, zone, most

    def faults(self, listed: Listed, given: Mapping[str, Any]) -> set[str]:
        """The codes that the arguments earn."""
        found = set()
        if given.get("first") is not None and not 0 <= given["first"] <= self._most:
            found.add(BAD)
        for key in self._keys(listed, given):
            if not self._conditions.shown(listed.target.type_name, key.field, listed.cells):
                found.add(NO)
        return found

    def groups(self, listed: Listed, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The groups, in order."""
        keys = self._keys(listed, given)
        found: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
        for row in listed.rows or ():
            found.setdefault(tuple(self._raw(listed, key, row) for key in keys), []).append(row)
        largest = given.get("order") == "LARGEST"
        order = sorted(found.items(), key=lambda g: (-len(g[1]) if largest else 0, *map(_sortable, g[0])))
        first = DEFAULT if given.get("first") is None else given["first"]
        return [self._group(listed, keys, raw, rows) for raw, rows in order[:first]]

    def imagined(self, listed: Listed) -> list[dict[str, Any]]:
        """One group, so that what is selected of it is walked."""
        return [self._group(listed, (), (), ())]

    def measure(self, of: Measured, field: str) -> Any:
        """Sum, average, least or greatest; money as (minor, currency)."""
        name = of.listed.target.type_name
        target = self._schema.target(name, field)
        if isinstance(target, MoneyColumns):
            there = [row for row in of.rows if row[target.minor] is not None]
            units = {row[target.currency] for row in there}
            if len(units) != 1:
                return None
            return _whole(of.measure, [row[target.minor] for row in there]), units.pop()
        values = [v for row in of.rows if (v := self._conditions.value(name, row, field)) is not None]
        if not values:
            return None
        if of.measure == "average":
            return _decimal(sum(values), len(values))
        return MEASURES[of.measure](values)

    def _group(
        self, listed: Listed, keys: Sequence[GroupKey], raw: Sequence[Any], rows: Sequence[Row]
    ) -> dict[str, Any]:
        said = [self._said(listed, key, value) for key, value in zip(keys, raw, strict=True)]
        measured = {m: Measured(listed, m, rows) for m in ("sum", "average", "min", "max")}
        return {"keys": said, "count": len(rows), **measured}

    def _keys(self, listed: Listed, given: Mapping[str, Any]) -> list[GroupKey]:
        known = self._schema.groups.keys(listed.target.type_name)
        return [known[name] for name in given.get("by") or ()]

    def _raw(self, listed: Listed, key: GroupKey, row: Row) -> Any:
        name = listed.target.type_name
        target = self._schema.target(name, key.field)
        if isinstance(target, MoneyColumns):
            return row[target.currency]
        value = (
            row[target.local] if isinstance(target, ToOne) else self._conditions.value(name, row, key.field)
        )
        if key.period and value is not None:
            return self._first_day(value, key.period).isoformat()
        return value.name if isinstance(value, enum.Enum) else value

    def _first_day(self, value: dt.date, period: str) -> dt.date:
        day = value.astimezone(self._zone).date() if isinstance(value, dt.datetime) else value
        match period:
            case "WEEK":
                return day - dt.timedelta(days=day.weekday())
            case "MONTH":
                return day.replace(day=1)
            case "QUARTER":
                return day.replace(day=1, month=day.month - (day.month - 1) % 3)
            case "YEAR":
                return day.replace(day=1, month=1)
        return day

    def _said(self, listed: Listed, key: GroupKey, value: Any) -> Any:
        target = self._schema.target(listed.target.type_name, key.field)
        if isinstance(target, ToOne) and value is not None:
            return f"{target.model.__prefix__}_{value.hex}"
        return value.isoformat() if isinstance(value, dt.date) else value


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is None, 0 if value is None else value


def _whole(measure: str, values: list[int]) -> int:
    if measure != "average":
        whole: int = MEASURES[measure](values)
        return whole
    total, count = sum(values), len(values)
    size = (2 * abs(total) + count) // (2 * count)
    return -size if total < 0 else size


def _decimal(total: int, count: int) -> str:
    size = (2 * abs(total) * 10**PLACES + count) // (2 * count)
    whole, part = divmod(size, 10**PLACES)
    return f"{'-' if total < 0 and size else ''}{whole}.{part:0{PLACES}d}"
