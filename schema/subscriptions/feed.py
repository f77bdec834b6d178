"""The feed: one reader a process of the events in the outbox, while anybody listens.

Ids are made before the commit, so that a row may appear behind others that were read: each look goes back a
few seconds, and passes over what it has told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import structlog
from pydantic import ValidationError

from core.db.asking import ask, key
from core.db.database import Database
from core.db.statements import Statement
from core.db.types import Key
from core.errors import RequestError
from core.events.declare import Event
from core.jobs.models import OUTBOX
from core.jobs.outbox import Bell
from core.jobs.prune import first_key
from schema.subscriptions.listener import Item, Listener, Told

EVERY = 0.5
"""Seconds between two looks for what other processes told."""
BACK = 10_000
"""Milliseconds that such a look goes back: the longest transaction, and the difference of two clocks."""
GATHER = 0.005
"""Seconds to wait for more commits of this process."""
AGAIN = 15.0
"""Seconds after which everybody is asked anew whether they may still listen."""
BATCH = 250
"""Rows of one look into the database."""
PATIENCE = 5.0
"""Seconds for which the feed waits in a flood for those who have no room for another batch."""

o = OUTBOX.c
FED = sa.select(o.id, o.name, o.version, o.payload).where(o.handler.is_(None))
READ = Statement(
    FED.where(o.id > sa.bindparam("after", type_=Key())).order_by(o.id).limit(sa.literal_column(str(BATCH)))
)
NEWEST = Statement(FED.with_only_columns(o.id).order_by(o.id.desc()).limit(sa.literal_column("1")))
NOTHING = UUID(int=0)

log = structlog.get_logger(__name__)


class Feed:
    """Tells listeners what happened, in this process or another one, from when they began to listen."""

    def __init__(self, database: Database, types: Mapping[str, type[Event]], bell: Bell) -> None:
        """`types`: events by name; `bell`: rung by commits of this process."""
        self._database, self._types = database, types
        self._listeners: dict[str, set[Listener]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._woken = asyncio.Event()
        self._newest, self._told = NOTHING, set[UUID]()
        bell.listeners.append(self._woken.set)

    @asynccontextmanager
    async def listen(self, kind: type[Event]) -> AsyncIterator[Listener]:
        """Listen to one event while the block runs. Unavailable where the feed can't be read."""
        async with self._beginning:
            if self._reading is None:
                await self._begin()
                self._reading = asyncio.create_task(self._read_on())
        listener = Listener()
        self._listeners.setdefault(kind.event_name, set()).add(listener)
        try:
            yield listener
        finally:
            self._leave(kind.event_name, listener)

    def ask_again(self) -> None:
        """Have everybody who listens asked whether they still may: policies or people changed."""
        self._tell_all(None)

    @property
    def listening(self) -> int:
        """How many listen."""
        return sum(map(len, self._listeners.values()))

    def _leave(self, name: str, listener: Listener) -> None:
        self._listeners[name].discard(listener)
        if not self.listening and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _tell_all(self, item: Item) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.tell(item)

    async def _begin(self) -> None:
        """What there is by now happened before."""
        rows = await ask(self._database, NEWEST)
        self._newest, self._told = key(rows[0][0]) if rows else NOTHING, set()
        await self._look(self._horizon())

    async def _read_on(self) -> None:
        loop, well = asyncio.get_running_loop(), True
        asked = looked = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(looked + EVERY):
                    await self._woken.wait()
                    await asyncio.sleep(GATHER)
            self._woken.clear()
            now = loop.time()
            back = now - looked >= EVERY
            try:
                await self._look(self._horizon() if back else self._newest)
            except RequestError as error:
                if well:
                    log.warning("subscriptions wait for the database", error=error.code)
                well, back = False, True
                await asyncio.sleep(EVERY)
            except Exception:
                log.exception("subscriptions are held up")
                await asyncio.sleep(EVERY)
            else:
                well = True
            looked = now if back else looked
            if now - asked >= AGAIN:
                asked = now
                self.ask_again()

    def _horizon(self) -> UUID:
        """How far back to look: a clock that is ahead of ours must not hide what others tell."""
        newest = min(self._newest, first_key(self._database.clock.now()))
        return UUID(int=max(0, newest.int - (BACK << 80)))

    async def _look(self, after: UUID) -> None:
        """Read and tell what came after an id and was not told yet."""
        horizon = self._horizon()
        while True:
            rows = await ask(self._database, READ, {"after": after})
            for row in rows:
                after = key(row[0])
                if after not in self._told:
                    self._told.add(after)
                    self._newest = max(self._newest, after)
                    self._tell(after, *row[1:])
            if len(rows) < BATCH:
                break
            await self._room()
        self._told = {one for one in self._told if one > horizon}

    async def _room(self) -> None:
        """An import tells thousands at once: who takes what comes should not be let go for that."""
        listeners = [one for some in self._listeners.values() for one in some]
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not all(one.has_room(BATCH) for one in listeners):  # noqa: ASYNC110 of many queues
                    await asyncio.sleep(GATHER)

    def _tell(self, row: UUID, name: str, version: int, payload: Any) -> None:
        listeners, kind = self._listeners.get(name), self._types.get(name)
        if not listeners or kind is None or version > kind.event_version:
            return
        try:
            told = Told(row, kind.read(version, orjson.loads(payload)))
        except ValidationError:
            log.warning("event can't be read", event=name, version=version, row=str(row))
            return
        for listener in listeners:
            listener.tell(told)
