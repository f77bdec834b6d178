"""Values to plant: each a mark of its own that knows its neighbours.

`near` differs as little as possible and looks the same masked; `far` is of another size. Rows are numbered in
pairs, and `near` swaps the order of a pair, so that an order that may not be seen shows itself.
"""

from __future__ import annotations

import datetime as dt
import itertools
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.clock import UTC
from core.db.normal import ADDRESS, CHECK_DIGITS, EMAIL, IDENTITY_NUMBER, NOTES, PHONE, WECHAT, WEIGHTS
from core.db.sealing import Normal
from core.db.types import Choice, kind_of

FAR = 40_000
"""Far values have numbers from here on; there are never so many rows."""
START = dt.datetime(2031, 3, 1, 5, 6, 7, tzinfo=UTC)
BIRTH = dt.date(1941, 1, 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """A planted value and what takes its place in a twin of the world."""

    planted: Any
    near: Any
    far: Any


@cache
def _identity_numbers() -> list[str]:
    """Valid numbers that all end in `002X`."""
    days = [f"{dt.date(1949, 1, 1) + dt.timedelta(days=n):%Y%m%d}002" for n in range(365)]
    found = []
    for area, day in itertools.product(range(110_100, 110_200), days):
        digits = f"{area}{day}"
        if CHECK_DIGITS[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11] == "X":
            found.append(f"{digits}X")
    return found


SEALED: Mapping[Normal, Callable[[int], str]] = {
    PHONE: lambda n: f"138{n:04d}7351" if n < FAR else f"+8869{n:07d}7351",
    EMAIL: lambda n: f"zq{n:07d}@example.com" if n < FAR else f"zq{n:030d}@example.com",
    WECHAT: lambda n: f"zq{n:07d}" if n < FAR else f"zq{n:017d}",
    ADDRESS: lambda n: f"zq road r{n:07d}" if n < FAR else f"zq road r{n:0200d}",
    NOTES: lambda n: f"zq note n{n:07d}" if n < FAR else f"zq note n{n:02000d}",
    IDENTITY_NUMBER: lambda n: _identity_numbers()[n if n < FAR else -1 - n % 1000],
}
"""By sort of sealed value: the value of a number, in its normal form. All near ones have the same mask."""


def numbers(row: int) -> tuple[int, int, int]:
    """The planted, near and far number of a row: of the pair 0 and 4 the near ones are 6 and 5."""
    planted = 4 * row
    return planted, planted + (1 if row % 2 else 6), FAR + planted


def sample_of(column: sa.Column[Any], row: int, *, currency: bool = False, apart: int = 1) -> Sample:
    """The sample of a column for a row by number; a type may have a `sample` of its own.

    `currency`: the column names one. `apart`: so many rows in a row have values that no neighbour of theirs
    may take; where there are too few to choose from, all stay as planted.
    """
    if currency:
        return Sample("CNY", "JPY", "KWD")
    own = getattr(column.type, "sample", None)
    if own is not None:
        return Sample(*map(own, numbers(row)))
    kind = kind_of(column.type)
    if kind == "bool":
        other = (row % 2 == 0) == (apart > 1)
        return Sample(row % 2 == 0, other, other)
    if isinstance(column.type, Choice):
        members = list(column.type.enum_class)
        step = apart if len(members) >= 2 * apart else 0
        choice, another = members[row % len(members)], members[(row + step) % len(members)]
        return Sample(choice, another, another)
    make, mark = MAKE[kind], zlib.crc32(str(column).encode())
    return Sample(*(make(n, mark) for n in numbers(row)))


def sealed_sample(normal: Normal, row: int, more: Mapping[Normal, Callable[[int], str]]) -> Sample:
    """The sample of a sealed value; `more`: generators beside those of the core."""
    make = {**SEALED, **more}[normal]
    planted, near, far = (normal.normalize(make(n), "") for n in numbers(row))
    if normal.mask(planted) != normal.mask(near):
        message = f"neighbours of a sealed value must have one mask, but {planted} and {near} have two"
        raise ValueError(message)
    return Sample(planted, near, far)


MAKE: Mapping[str, Callable[[int, int], Any]] = {
    "text": lambda n, mark: f"zq{mark:08x}{n:05d}" if n < FAR else f"zq{mark:08x}{n:0120d}",
    "int": lambda n, mark: 100_000 * (10 + mark % 10_000) + n,
    "long": lambda n, mark: 100_000 * (100_000 + mark % 1_000_000) + n,
    "time": lambda n, mark: START + dt.timedelta(days=n % FAR, seconds=mark % 80_000 + n // FAR),
    "day": lambda n, mark: BIRTH + dt.timedelta(days=n % FAR + mark % 10_000 + n // FAR),
    "key": lambda n, mark: UUID(int=mark << 96 | 7 << 76 | 2 << 62 | n),
    "bytes": lambda n, mark: f"zq{mark:08x}{n:05d}".encode(),
    "json": lambda n, mark: {"mark": f"zq{mark:08x}{n:05d}"},
}
"""By kind of column: the value of a number; `mark` tells one column from another."""
