"""What a rule gives, for what, and until when: pure functions, exact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from plugins.points.earning.choices import PointsTrigger

ONE = Fraction(1)


@dataclass(frozen=True)
class Rule:
    """A rule; `PointsRule` says what its parts mean. `ratio`: points for a minor unit, or for each time."""

    id: UUID
    trigger: PointsTrigger
    ratio: Fraction
    valid_from: dt.datetime
    valid_until: dt.datetime | None = None
    event: str | None = None
    category: str | None = None
    currency: str | None = None
    multipliers: Mapping[str, Fraction] | None = None
    pending_days: int = 0
    expiry_months: int | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """From the stored form."""
        return cls(
            row.id,
            row.trigger,
            Fraction(row.numerator, row.denominator),
            row.valid_from,
            row.valid_until,
            row.event,
            row.category,
            row.currency,
            {code: Fraction(*ratio) for code, ratio in row.multipliers.items()},
            row.pending_days,
            row.expiry_months,
        )

    def points(self, amount: int, tiers: Collection[str] = (), level: Fraction = ONE) -> int:
        """Points for so many minor units (or times).

        The best multiplier of the member's tiers counts, and that of the level. Rounded down once, at last.
        """
        best = max((ratio for code, ratio in (self.multipliers or {}).items() if code in tiers), default=ONE)
        return int(amount * self.ratio * best * level)

    def available_at(self, at: dt.datetime) -> dt.datetime:
        """When what was earned at a time becomes available."""
        return at + dt.timedelta(days=self.pending_days)

    def expires_at(self, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
        """When what was earned at a time expires; None for never."""
        return None if self.expiry_months is None else month_end(at, self.expiry_months, zone)


@dataclass(frozen=True, slots=True)
class Happening:
    """What may earn points: `amount` minor units of `currency`, or one time."""

    trigger: PointsTrigger
    at: dt.datetime
    amount: int = 1
    currency: str | None = None
    category: str | None = None
    event: str | None = None


def applies(rule: Rule, one: Happening) -> bool:
    """Whether a rule speaks of this."""
    return (
        rule.trigger is one.trigger
        and rule.event == one.event
        and rule.currency == one.currency
        and rule.category in {None, one.category}
        and rule.valid_from <= one.at
        and (rule.valid_until is None or one.at < rule.valid_until)
    )


def best(
    rules: Iterable[Rule], one: Happening, tiers: Collection[str] = (), level: Fraction = ONE
) -> tuple[Rule, int] | None:
    """The rule that gives most for this, and what it gives; None where none gives anything.

    A thing earns by one rule only. Of rules that give the same, the newest.
    """
    given = [(rule, rule.points(one.amount, tiers, level)) for rule in rules if applies(rule, one)]
    found = max(given, key=lambda pair: (pair[1], pair[0].valid_from, pair[0].id), default=None)
    return found if found and found[1] > 0 else None


def month_end(at: dt.datetime, months: int, zone: ZoneInfo) -> dt.datetime:
    """The end, in this zone, of the month that lies so many months after the one of this time."""
    local = at.astimezone(zone)
    count = local.year * 12 + local.month + months  # months before the one that follows
    return dt.datetime(count // 12, count % 12 + 1, 1, tzinfo=zone).astimezone(dt.UTC)
