"""All events and handlers of an application."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from core.errors import ConfigurationError
from core.events.declare import Event, Handler
from core.jobs.declare import SECONDS, Context
from core.jobs.tasks import Row, Task, unique
from core.text import Text

UNKNOWN = Text(
    "handles {event}, which nobody declares; is the plugin that does switched off?",
    "处理的事件 {event} 无人声明；声明它的插件是否已停用？",
)

UNDECLARED = Text(
    "is published, and nobody declares it: give it in the hook `events`",
    "已发布但无人声明：请在 `events` 钩子中给出",
)


class Events:
    """Who is told of what: handlers, and those who subscribe to events, in this process or another."""

    def __init__(self, types: Iterable[type[Event]], handlers: Iterable[Handler[Any]]) -> None:
        """ConfigurationError, naming both owners, where a name comes twice; or for an undeclared event."""
        self.types: dict[str, type[Event]] = {}
        self.handlers = tuple(handlers)
        self.find_listened: Callable[[], Iterable[type[Event]]] = tuple
        declared = tuple(types)
        unique((kind.event_name, kind.owner()) for kind in declared)
        unique((handler.name, handler.owner) for handler in self.handlers)
        self.types = {kind.event_name: kind for kind in declared}
        told: dict[type[Event], list[str]] = defaultdict(list)
        for handler in self.handlers:
            if self.types.get(handler.event.event_name) is not handler.event:
                raise ConfigurationError(handler.name, UNKNOWN, event=handler.event.event_name)
            told[handler.event].append(handler.name)
        self._told = dict(told)

    @cached_property
    def listened(self) -> set[type[Event]]:
        """The events that subscriptions may ask for, found when first published: that takes a schema."""
        return set(self.find_listened())

    def told(self, kind: type[Event]) -> Sequence[str | None]:
        """Who is told of an event: the names of handlers, and None where somebody may listen.

        ConfigurationError for one that nobody declares: it would be lost in silence.
        """
        if self.types.get(kind.event_name) is not kind:
            raise ConfigurationError(kind.event_name, UNDECLARED)
        handlers: Sequence[str | None] = self._told.get(kind, ())
        return (None, *handlers) if kind in self.listened else handlers

    def tasks(self) -> list[Task]:
        """A task for each handler."""
        return [_task(handler) for handler in self.handlers]


def _task(handler: Handler[Any]) -> Task:
    kind = handler.event

    async def act(context: Context, rows: Sequence[Row]) -> None:
        await handler.handle(context, [kind.read(row.version, row.payload) for row in rows])

    return Task(handler.name, handler.owner, kind.event_version, handler.batch, SECONDS, act)
