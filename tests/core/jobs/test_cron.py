"""When cron expressions come, also where clocks are put forward and back."""

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import UTC
from core.errors import ConfigurationError
from core.jobs.cron import after, check

BERLIN = ZoneInfo("Europe/Berlin")  # back on 25 October 2026, forward on 29 March


def ticks(every: str, start: str, zone: ZoneInfo = BERLIN) -> list[str]:
    """The next four, as the clock on the wall shows them."""
    at = dt.datetime.fromisoformat(start).astimezone(UTC)

    def coming() -> "list[dt.datetime]":
        found = [at]
        for _ in range(4):
            found.append(after(every, found[-1], zone))
        return found[1:]

    return [one.astimezone(zone).isoformat()[5:16] for one in islice(coming(), 4)]


def test_days_begin_in_the_company() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert after("0 0 * * *", dt.datetime(2026, 11, 2, 15, 59, tzinfo=UTC), shanghai) == dt.datetime(
        2026, 11, 2, 16, tzinfo=UTC
    )


def test_an_hour_that_comes_twice() -> None:
    night = ["10-25T02:30", "10-26T02:30", "10-27T02:30", "10-28T02:30"]
    assert ticks("30 2 * * *", "2026-10-24T12:00+02:00") == night
    assert ticks("30 2 * * *", "2026-10-25T02:10+01:00") == [*night[1:], "10-29T02:30"]  # in the second
    assert ticks("0 * * * *", "2026-10-25T00:30+02:00") == [
        "10-25T01:00",
        "10-25T02:00",
        "10-25T02:00",
        "10-25T03:00",
    ]


def test_an_hour_that_does_not_come() -> None:
    assert ticks("30 2 * * *", "2026-03-28T12:00+01:00")[:2] == ["03-29T03:00", "03-30T02:30"]
    assert ticks("0 * * * *", "2026-03-29T00:30+01:00")[:2] == ["03-29T01:00", "03-29T03:00"]


@given(
    st.sampled_from(["* * * * *", "*/7 3 * * *", "30 2 * * 0", "0 9 1 * *", "5 */5 * * *"]),
    st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Kolkata"]),
)
def test_time_goes_forward(every: str, start: dt.datetime, zone: str) -> None:
    at = start.replace(tzinfo=UTC)
    found = [at]
    for _ in range(5):
        found.append(after(every, found[-1], ZoneInfo(zone)))
    assert all(one < other for one, other in pairwise(found))


@pytest.mark.parametrize(
    "every", ["", "daily", "@daily", "* * * *", "* * * * * *", "0 0 30 2 *", "61 * * * *"]
)
def test_what_is_none_is_refused(every: str) -> None:
    with pytest.raises(ConfigurationError, match=r"straw\.daily: .* is no cron expression"):
        check("straw.daily", every)
