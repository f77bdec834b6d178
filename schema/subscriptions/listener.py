"""Somebody who listens: a queue that holds so much and no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from core.events.declare import Event
from schema.subscriptions.errors import Overloaded

MOST = 1_000
"""Events that wait for one operation; with one more it ends."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the feed; `id` is its row's."""

    id: UUID
    event: Event


Item: TypeAlias = Told | None
"""None asks to look anew whether the caller may still listen."""


class Listener:
    """Events for one operation, in the order in which they were told."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._queue: asyncio.Queue[Item] = asyncio.Queue(MOST)
        self._over = False

    def tell(self, item: Item) -> None:
        """Put it behind what waits; where that is full, the operation is to end."""
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self._over = self._over or item is not None

    def has_room(self, for_: int) -> bool:
        """Whether so many more can wait; it makes no difference any more to one that is to end."""
        return self._over or self._queue.qsize() + for_ <= self._queue.maxsize

    async def next(self) -> Item:
        """The next one; Overloaded where one could not wait any more."""
        if self._over:
            raise Overloaded
        return await self._queue.get()
