"""The rules of levels (PTS-1)."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import UTC
from core.errors import InvalidInput
from plugins.points.membership.rules import Step, check, level_for, months_before
from plugins.points.randomness import card_number, check_digit
from tests.plugins.points.programme import below

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ladders = st.sets(st.integers(0, 10_000), min_size=1, max_size=8).map(
    lambda needed: [Step(UUID(int=place), figure) for place, figure in enumerate(sorted(needed))]
)
times = st.integers(631_152_000, 3_786_912_000).map(lambda second: dt.datetime.fromtimestamp(second, UTC))


@given(ladders, st.integers(-5, 12_000))
def test_a_level_is_the_highest_that_is_reached(ladder: list[Step], earned: int) -> None:
    reached = [step for step in ladder if step.needed <= earned]
    assert level_for(ladder, earned) == (max(reached, key=lambda s: s.needed) if reached else None)


@given(ladders, st.integers(0, 12_000), st.integers(0, 12_000))
def test_more_points_never_mean_a_lower_level(ladder: list[Step], one: int, other: int) -> None:
    low, high = (level_for(ladder, earned) for earned in sorted((one, other)))
    assert low is None or (high is not None and low.needed <= high.needed)


@given(times, times, st.integers(1, 60))
def test_a_window_moves_forward_with_time(one: dt.datetime, other: dt.datetime, months: int) -> None:
    early, late = sorted((one, other))
    assert months_before(early, months, SHANGHAI) <= months_before(late, months, SHANGHAI)
    gone = late - months_before(late, months, SHANGHAI)
    assert dt.timedelta(days=28 * months) <= gone <= dt.timedelta(days=31 * months)


def test_months_end_on_their_last_day_and_keep_the_hour() -> None:
    at = dt.datetime(2026, 3, 31, 8, tzinfo=BERLIN)
    assert months_before(at, 1, BERLIN) == dt.datetime(2026, 2, 28, 8, tzinfo=BERLIN)
    assert months_before(at, 15, BERLIN) == dt.datetime(2024, 12, 31, 8, tzinfo=BERLIN)


@given(st.lists(st.integers(-1, 50), max_size=6))
def test_levels_rise_from_zero(needed: list[int]) -> None:
    levels = [{"code": str(place), "points_needed": figure} for place, figure in enumerate(needed)]
    rising = bool(needed) and needed[0] == 0 and sorted(set(needed)) == needed
    if rising:
        check(levels)
    else:
        with pytest.raises(InvalidInput):
            check(levels)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "a", "points_needed": 5}, "levels.1.code"),
        ({"code": "b", "points_needed": 5, "multiplier_denominator": 0}, "levels.1.multiplier"),
        ({"code": "b", "points_needed": 5, "discount_basis_points": 10_001}, "levels.1.discountBasisPoints"),
    ],
)
def test_the_place_of_the_fault_is_named(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check([{"code": "a", "points_needed": 0}, wrong])
    assert refused.value.field == field


@given(st.integers(0, 2**32), st.integers(0, 10), st.integers(1, 9))
def test_a_mistyped_card_number_is_noticed(seed: int, place: int, off: int) -> None:
    number = card_number(below(seed))
    assert len(number) == 12
    wrong = [int(digit) for digit in number[:-1]]
    wrong[place] = (wrong[place] + off) % 10
    assert check_digit("".join(map(str, wrong))) != number[-1]
