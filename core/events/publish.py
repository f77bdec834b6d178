"""Telling what happened, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Sequence

from core.db.work import UnitOfWork
from core.events.declare import Event
from core.events.registry import Events
from core.jobs.outbox import Entry, write


def told(work: UnitOfWork, kind: type[Event]) -> Sequence[str | None]:
    """Who would be told of such an event here: names of handlers, None for those who listen; or nobody."""
    events = work.services.get(Events)
    return events.told(kind) if events is not None else ()


async def publish(work: UnitOfWork, *events: Event) -> None:
    """Tell the handlers of these events, and those who listen, once the transaction has committed.

    One INSERT in all (for each hundred rows); none where nobody wants to know.
    """
    entries = [
        Entry(one.event_name, one.event_version, name, one.stored)
        for one in events
        for name in told(work, type(one))
    ]
    if entries:
        await write(work, entries)
