"""Subscriptions of one application (PRM-5): an event, its row, and the plan of the caller right then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from core.access.viewer import Viewer
from core.db.readers import Reader
from core.errors import ConfigurationError, RequestError, Unavailable
from core.events.declare import Event
from core.events.registry import Events
from core.jobs.outbox import Bell
from core.services import Services
from core.text import Text
from schema.compiler.caches import Bounded
from schema.compiler.documents import Document
from schema.compiler.engine import Answer, Engine
from schema.compiler.program import Filler, Program
from schema.compiler.values import Variables
from schema.subscriptions.feed import Feed
from schema.subscriptions.listener import Told
from schema.subscriptions.prepared import Prepared, prepare
from schema.vocabulary.schema import Schema
from schema.vocabulary.targets import Batch, Happened

UNDECLARED = Text(
    "subscribes to {event}, which nobody declares; is the plugin that does switched off?",
    "订阅的事件 {event} 无人声明；声明它的插件是否已停用？",
)
WAIT = 1.0
"""Seconds until it is tried again, where the database is away or the policy can't be confirmed."""

Caller: TypeAlias = Callable[[], Awaitable[Viewer]]
"""Who listens, as they may act at this moment; Unauthenticated where they may not at all any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a subscription is asked with, coerced, and the shape of it."""

    document: Document
    variables: Variables
    shape: Hashable


def listened(schema: Schema) -> set[type[Event]]:
    """The events that subscriptions of this schema can ask for."""
    targets = (target for _, _, target in schema.fields_within("Subscription"))
    return {target.event for target in targets if isinstance(target, Happened)}


class Subscriptions:
    """Answers subscriptions. One read of a row serves all who would get the same."""

    def __init__(self, engine: Engine, services: Services) -> None:
        """`services`: the application's; from now on its events are told to those who listen."""
        events, bell = services[Events], services.get(Bell)
        if bell is None:
            bell = Bell()
            services.add(bell)
        asked = listened(engine.schema)
        for kind in sorted(asked, key=lambda one: one.event_name):
            if events.types.get(kind.event_name) is not kind:
                raise ConfigurationError("Subscription", UNDECLARED, event=kind.event_name)
        events.listened |= asked
        self.feed = Feed(engine.database, events.types, bell)
        self._engine, settings = engine, engine.settings
        self._kept: Bounded[Prepared] = Bounded(settings.plan_cache_entries, settings.plan_cache_bytes)
        self._reads: dict[Hashable, asyncio.Task[tuple[bytes, Filler]]] = {}

    async def run(
        self, document: Document, given: Mapping[str, Any] | None, caller: Caller
    ) -> AsyncGenerator[Answer, None]:
        """A result for each event whose row the caller sees; a RequestError ends it, or refuses it."""
        variables, shape = self._engine.documents.coerce(document, given)
        document.cost.check(variables, self._engine.settings.max_cost)
        asked = Asked(document, variables, shape)
        viewer = await caller()
        try:
            prepared = self._prepared(asked, viewer)
            await self._read(prepared, asked, viewer, None)  # the database looks at it, of no row
            async with self.feed.listen(prepared.target.event) as listener:
                while True:
                    told = await listener.next()
                    answer = await self._answer(asked, caller, told)
                    if answer is not None:
                        yield answer
        except RequestError as error:
            self._engine.refused(document.label, error, viewer)
            raise

    async def _answer(self, asked: Asked, caller: Caller, told: Told | None) -> Answer | None:
        """None where nothing is to be told. While the service can't answer, the event waits."""
        while True:
            try:
                viewer = await caller()
                prepared = self._prepared(asked, viewer)
                if told is None:  # whether it may still be asked, which takes no row
                    prepared.arguments(asked.variables, viewer, None)
                    return None
                text = await self._read(prepared, asked, viewer, told)
            except Unavailable:
                await asyncio.sleep(WAIT)
            else:
                return None if text == b"null" else Answer(prepared.data(text), prepared.redactions)

    def _prepared(self, asked: Asked, viewer: Viewer) -> Prepared:
        document = asked.document
        place = (document.text, document.name, asked.shape, viewer.plan.hash, viewer.narrow)
        found = self._kept.get(place)
        if found is None:
            selector = self._engine.selector(viewer, document, asked.variables)
            found = prepare(selector, self._engine.dialect, document.operation)
            self._kept.put(place, found, found.size)
        return found

    async def _read(self, prepared: Prepared, asked: Asked, viewer: Viewer, told: Told | None) -> bytes:
        """The row as the caller sees it; `null` where that is not at all."""
        row: UUID | None = getattr(told.event, prepared.target.key) if told is not None else None
        arguments = prepared.arguments(asked.variables, viewer, row)
        program = prepared.program
        assert program is not None  # noqa: S101  # without one there are no arguments
        filler = self._engine.filler(viewer)
        reading = partial(_reading, program, self._engine.database.reader, arguments, filler)
        if told is None:  # no row, and nothing to tell the audit
            return (await reading())[0]
        if any(isinstance(hole, Batch) for hole in program.holes):  # it may ask who asks
            text, filler = await reading()
        else:
            same = (told.id, prepared, *map(_hashable, arguments))
            text, filler = await self._together(same, reading)
        # Of each who is told, whoever read it; and by what they asked where silence tells it.
        await self._engine.tell(filler, asked.document, viewer)
        return text

    async def _together(self, same: Hashable, reading: Callable[[], Any]) -> tuple[bytes, Filler]:
        """One read for all who ask for the same, of the same event, while it goes on."""
        task = self._reads.get(same)
        if task is None:
            task = self._reads[same] = asyncio.ensure_future(reading())
            task.add_done_callback(lambda _: self._reads.pop(same, None))
        return await asyncio.shield(task)


async def _reading(
    program: Program, reader: Reader, arguments: list[Any], filler: Filler
) -> tuple[bytes, Filler]:
    return await program.run(reader, arguments, filler), filler


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
