"""When and where the company works: working hours and office networks, as the settings say them (ACC-6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(?P<first>[a-z]{3})(-(?P<last>[a-z]{3}))? (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
DAY_END = 24 * 60
HOURS_FORM = "write days and times, such as Mon-Fri 08:30-18:30, Sat 09:00-12:00; a span ends by 24:00"
NETWORKS_FORM = "write networks by comma, such as 10.0.0.0/8, 2001:db8::/32"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spans of minutes by weekday (Monday is 0), in a time zone. Without any, every hour is one of work."""

    spans: tuple[tuple[int, int, int], ...]
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, zone: ZoneInfo) -> WorkingHours:
        """From `Mon-Fri 08:30-18:30, Sat 09:00-12:00`; ValueError, with the remedy, for anything else."""
        return cls(tuple(span for part in parts(text) for span in _spans(part.lower())), zone)

    def __contains__(self, moment: datetime) -> bool:
        if not self.spans:
            return True
        local = moment.astimezone(self.zone)
        day, minute = local.weekday(), local.hour * 60 + local.minute
        return any(day == on and start <= minute < end for on, start, end in self.spans)


def _spans(part: str) -> list[tuple[int, int, int]]:
    found = SPAN.fullmatch(part)
    if found is None or not {found["first"], found["last"] or found["first"]} <= {*DAYS}:
        raise ValueError(HOURS_FORM)
    start, end = _minute(found["start"]), _minute(found["end"])
    first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
    if not start < end <= DAY_END:
        raise ValueError(HOURS_FORM)
    return [((first + n) % 7, start, end) for n in range((last - first) % 7 + 1)]


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute >= 60:  # noqa: PLR2004
        raise ValueError(HOURS_FORM)
    return hour * 60 + minute


class Networks:
    """Networks of addresses. Where none are given, nothing is said: `given` tells."""

    def __init__(self, text: str) -> None:
        """From `10.0.0.0/8, 2001:db8::/32`; ValueError, with the remedy, for anything else."""
        try:
            self._networks: list[IPv4Network | IPv6Network] = [ip_network(part) for part in parts(text)]
        except ValueError:
            raise ValueError(NETWORKS_FORM) from None
        self.given = bool(self._networks)
        self._kept = lru_cache(1024)(self._within)

    def __contains__(self, address: str | None) -> bool:
        return address is not None and self._kept(address)

    def _within(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address):
            address = address.ipv4_mapped or address
        return any(address in network for network in self._networks)


def parts(text: str) -> list[str]:
    """What stands between the commas."""
    return [part for one in text.split(",") if (part := " ".join(one.split()))]
