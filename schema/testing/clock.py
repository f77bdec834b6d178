"""Time in tests: it stands until it is moved."""

from __future__ import annotations

import datetime as dt

from core.clock import UTC, HeldClock

START = dt.datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
"""When every test begins: a Monday."""
NOTHING = dt.timedelta()


class Clock(HeldClock):
    """`clock.advance(days=1)`; `clock.at` sets it."""

    def advance(self, by: dt.timedelta = NOTHING, **parts: float) -> None:
        """Move the clock forward: by a timedelta, or by what makes one (`days=1, hours=2`)."""
        super().advance(by + dt.timedelta(**parts))
