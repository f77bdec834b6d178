"""Points of a rule, for any figures (PTS-2)."""

import datetime as dt
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from plugins.points.earning.choices import PointsTrigger
from plugins.points.earning.models import Multipliers
from plugins.points.earning.rules import Happening, Rule, applies, best, month_end
from tests.databases import NOW

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
AMOUNT = st.integers(0, 2**53)
RATIO = st.fractions(Fraction(1, 10**6), 10**3, max_denominator=10**6)
TIMES = st.timedeltas(dt.timedelta(-9_000), dt.timedelta(22_000)).map(lambda past: NOW + past)


def rule(ratio: Fraction, **more: Any) -> Rule:
    more = {"valid_from": NOW - dt.timedelta(days=1), "currency": "CNY", **more}
    return Rule(UUID(int=more.pop("id", 1)), PointsTrigger.PURCHASE, ratio, **more)


def bought(amount: int, **more: Any) -> Happening:
    return Happening(PointsTrigger.PURCHASE, more.pop("at", NOW), amount, "CNY", **more)


@given(AMOUNT, RATIO, RATIO, RATIO)
def test_rounded_down_once(amount: int, ratio: Fraction, tier: Fraction, level: Fraction) -> None:
    points = rule(ratio, multipliers={"gold": tier}).points(amount, {"gold"}, level)
    exact = amount * ratio * tier * level
    assert points <= exact < points + 1


@given(AMOUNT, AMOUNT, RATIO)
def test_parting_a_purchase_never_gains(one: int, other: int, ratio: Fraction) -> None:
    asked = rule(ratio)
    together = asked.points(one + other)
    assert 0 <= together - asked.points(one) - asked.points(other) <= 1


@given(st.dictionaries(st.sampled_from("abc"), RATIO), st.sets(st.sampled_from("abcd")), AMOUNT)
def test_the_best_tier_counts(multipliers: dict[str, Fraction], tiers: set[str], amount: int) -> None:
    asked = rule(Fraction(1, 100), multipliers=multipliers)
    mine = [r for code, r in multipliers.items() if code in tiers]
    assert asked.points(amount, tiers) == int(amount * Fraction(1, 100) * max(mine, default=Fraction(1)))


@given(TIMES, st.integers(0, 1200), st.sampled_from((SHANGHAI, NEW_YORK)))
def test_expiry_is_the_end_of_a_month(at: dt.datetime, months: int, zone: ZoneInfo) -> None:
    end = month_end(at, months, zone)
    local, before = end.astimezone(zone), (end - dt.timedelta(microseconds=1)).astimezone(zone)
    begun = at.astimezone(zone)
    assert (local.day, local.hour, local.minute) == (1, 0, 0)
    assert (before.year * 12 + before.month) - (begun.year * 12 + begun.month) == months
    assert end > at


def test_a_month_ends_where_the_company_is() -> None:
    at = dt.datetime(2026, 10, 31, 16, 30, tzinfo=dt.UTC)  # in Shanghai it is November
    assert month_end(at, 0, SHANGHAI) == dt.datetime(2026, 11, 30, 16, 0, tzinfo=dt.UTC)
    assert month_end(at, 0, NEW_YORK) == dt.datetime(2026, 11, 1, 4, 0, tzinfo=dt.UTC)


def test_what_a_rule_speaks_of() -> None:
    asked = rule(Fraction(1), category="tea", valid_until=NOW + dt.timedelta(days=1))
    assert applies(asked, bought(1, category="tea"))
    assert not applies(asked, bought(1, category="silk"))
    assert not applies(asked, bought(1, category="tea", at=NOW + dt.timedelta(days=1)))
    assert not applies(asked, bought(1, category="tea", at=NOW - dt.timedelta(days=2)))
    assert not applies(asked, Happening(PointsTrigger.PURCHASE, NOW, 1, "USD", "tea"))
    assert not applies(asked, Happening(PointsTrigger.PARTICIPATION, NOW))


def test_one_rule_gives_and_nothing_earns_nothing() -> None:
    low, high = rule(Fraction(1, 100), id=1), rule(Fraction(2, 100), id=2, category="tea")
    assert best((low, high), bought(250, category="tea")) == (high, 5)
    assert best((low, high), bought(250)) == (low, 2)
    assert best((low, high), bought(99)) is None
    assert best((low, high), bought(0)) is None
    assert best((low, rule(Fraction(1, 100), id=3)), bought(100)) == (rule(Fraction(1, 100), id=3), 1)


def test_samples_of_multipliers_can_be_read() -> None:
    assert Fraction(*Multipliers().sample(4)["gold"]) == 5
