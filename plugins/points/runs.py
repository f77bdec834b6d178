"""Recurring work in parts: what one part tells the next, so that all of a run speak of one time."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from schema.plugin import Context, Payload


def begun(context: Context, payload: Payload) -> dt.datetime:
    """When the run began: now, for its first part."""
    return dt.datetime.fromisoformat(payload["as_of"]) if "as_of" in payload else context.work.clock.now()


def last_of(payload: Payload) -> UUID | None:
    """The key at which the part before ended; None for the first part."""
    return UUID(payload["after"]) if "after" in payload else None


def onward(at: dt.datetime, **more: Any) -> Payload:
    """What the next part is given."""
    return {"as_of": at.isoformat(), **more}
