"""On what occasion a request is made: for which purpose and from where; and what follows from it (ACC-6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.access.circumstances import OUTSIDE_HOURS, OUTSIDE_NETWORK, WITHOUT_PURPOSE
from core.access.purposes import Purpose
from core.office import Networks, WorkingHours
from core.settings import Settings


class Occasion(NamedTuple):
    """What a request says of itself. `address`: of the client, as far as it is known."""

    purpose: Purpose | None = None
    address: str | None = None


UNDECLARED = Occasion()


@dataclass(frozen=True, slots=True)
class Office:
    """When and where the company works; what is not set never stands in the way."""

    hours: WorkingHours
    networks: Networks

    @classmethod
    def of(cls, settings: Settings) -> Office:
        """As the settings say."""
        hours = WorkingHours.read(settings.working_hours, settings.zone)
        return cls(hours, Networks(settings.office_networks))

    def held(self, wanted: Collection[str], now: datetime, occasion: Occasion) -> frozenset[str]:
        """Which of these circumstances of requests hold."""
        found = set()
        if WITHOUT_PURPOSE in wanted and occasion.purpose is None:
            found.add(WITHOUT_PURPOSE)
        if OUTSIDE_HOURS in wanted and now not in self.hours:
            found.add(OUTSIDE_HOURS)
        if OUTSIDE_NETWORK in wanted and self.networks.given and occasion.address not in self.networks:
            found.add(OUTSIDE_NETWORK)
        return frozenset(found)
