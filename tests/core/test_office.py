"""Working hours and office networks, as the settings say them (ACC-6)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from core.errors import ConfigurationError
from core.office import Networks, WorkingHours
from core.settings import load_settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = WorkingHours.read("Mon-Fri 08:30-18:30, Sat 09:00-12:00", SHANGHAI)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment in the week of Monday, 2 March 2026, as Shanghai counts; in UTC."""
    return dt.datetime(2026, 3, 1 + day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (at(1, 8, 29), False),
        (at(1, 8, 30), True),
        (at(5, 18, 29), True),
        (at(5, 18, 30), False),
        (at(6, 11), True),
        (at(6, 13), False),
        (at(7, 10), False),
    ],
)
def test_hours_are_those_of_the_company(moment: dt.datetime, inside: bool) -> None:  # noqa: FBT001
    assert (moment in WEEK) == inside


def test_a_night_is_two_spans_and_a_week_may_turn() -> None:
    nights = WorkingHours.read("sat-mon 22:00-24:00, SUN-TUE 00:00-06:00", SHANGHAI)
    assert at(7, 23, 59) in nights
    assert at(2, 5, 59) in nights
    assert at(3, 0) not in nights


def test_unset_is_always_inside() -> None:
    assert at(7, 3) in WorkingHours.read(" ", SHANGHAI)


@pytest.mark.parametrize(
    "text", ["Mon", "Mon-Fri 8:30-18:30", "Mon 18:30-08:30", "Man 08:00-09:00", "Mon 08:60-09:00", "Mon 1:00"]
)
def test_bad_hours_are_refused_with_a_form(text: str) -> None:
    with pytest.raises(ConfigurationError, match="write days and times, such as Mon-Fri"):
        load_settings(env="development", _env_file=None, working_hours=text)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::7", True),
        ("11.0.0.1", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_addresses_are_in_a_network_or_not(address: str | None, inside: bool) -> None:  # noqa: FBT001
    assert (address in Networks("10.0.0.0/8, 2001:db8::/32")) == inside


@pytest.mark.parametrize("name", ["office_networks", "trusted_proxies"])
def test_bad_networks_are_refused_with_a_form(name: str) -> None:
    with pytest.raises(ConfigurationError, match="write networks by comma"):
        load_settings(env="development", _env_file=None, **{name: "10.0.0.1/8"})
