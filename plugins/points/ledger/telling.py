"""What the ledger is told, and the key by which it is entered once."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import orjson

from schema.plugin import InvalidInput, Text, check_key

MOST_POINTS = 10**12
POINTS = Text("from 1 to {most} points", "应为 1 至 {most} 积分")


@dataclass(frozen=True, slots=True)
class Source:
    """What points come from or go to, such as `Source("purchase", key)`."""

    kind: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Earning:
    """Points to be entered. `at`: when they were earned; now, if None.

    Pending points become available at `available_at`, or when somebody confirms them.
    """

    customer: UUID
    points: int
    source: Source
    key: str
    pending: bool = False
    available_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    at: dt.datetime | None = None
    rule: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A key, within what it is unique, and the digest of all that was told with it."""

    scope: str
    key: str
    digest: bytes

    @classmethod
    def of(cls, scope: str, key: str, *told: Any) -> Self:
        """INVALID_INPUT for a key that is blank, too long, or holds what nobody sees."""
        check_key(key)
        return cls(scope, key, hashlib.sha256(orjson.dumps(told, default=str)).digest())

    @property
    def place(self) -> tuple[str, str]:
        """What is unique."""
        return self.scope, self.key


def check_points(points: int) -> int:
    """INVALID_INPUT unless it is a number of points that can be moved at once."""
    if not 1 <= points <= MOST_POINTS:
        raise InvalidInput("points", POINTS, most=MOST_POINTS)
    return points
