"""Somebody who is told of every event of the core."""

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from core.db.database import Database
from core.db.statements import Statement
from core.events.declare import Event, Handler
from core.events.registry import Events
from core.jobs.declare import Context
from core.jobs.models import OUTBOX
from core.published import CORE_EVENTS

FEED = Statement(sa.select(OUTBOX.c.name, OUTBOX.c.handler, OUTBOX.c.payload).order_by(OUTBOX.c.id))


async def _nothing(_context: Context, _events: Sequence[Any]) -> None:
    """Act upon nothing."""


def listen(database: Database, *kinds: type[Event], listened: bool = False) -> Events:
    """Handlers of these events (all, if none), or subscriptions to them, which nobody works on."""
    kinds = kinds or CORE_EVENTS
    handlers = [] if listened else [Handler(f"straw.{k.__name__.lower()}", k, _nothing) for k in kinds]
    events = Events(CORE_EVENTS, handlers)
    events.listened |= set(kinds) if listened else set()
    database.services.add(events)
    return events


async def heard(database: Database, *, forget: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Names and payloads of what was told, in order."""
    async with database.unit_of_work() as work:
        rows = [(name, orjson.loads(payload)) for name, _, payload in await work.rows(FEED)]
        if forget:
            await work.session.execute(sa.delete(OUTBOX))
    return rows
