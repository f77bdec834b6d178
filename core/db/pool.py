"""Connections that are opened when first needed and used again, last in, first out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from core.errors import Unavailable


class Connection(Protocol):
    """What a pool asks of a connection; those of asyncpg have it."""

    def is_closed(self) -> bool:
        """Whether it was lost or closed."""
        ...

    def terminate(self) -> None:
        """Close it at once; again is no mistake."""
        ...

    async def close(self) -> None:
        """Close it in order."""
        ...


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """At most `size` connections. The one given back last is taken first: its server process is the warmest.

    Nothing is asked of the server when one is taken: a lost one is known by its socket, or fails when used.
    """

    def __init__(self, make: Callable[[], Awaitable[C]], size: int, timeout: float | None) -> None:
        """`timeout`: seconds that a caller waits for another one's; None waits as long as it takes."""
        self._make, self._room, self._timeout = make, size, timeout
        self._free: list[C] = []
        self._waiting: deque[asyncio.Future[C | None]] = deque()
        self._closed = False

    async def take(self) -> C:
        """A connection of the caller's own until given back; TimeoutError, or why none could be opened."""
        if self._closed:
            raise Unavailable
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
            connection.terminate()
            self._room += 1
        if self._room > 0:
            self._room -= 1
            return await self._open()
        return await self._turn() or await self._open()

    def give_back(self, connection: C) -> None:
        """Whoever waits longest has it next."""
        if self._closed:
            connection.terminate()
        elif connection.is_closed():
            connection.terminate()
            self._hand_on(None)
        else:
            self._hand_on(connection)

    async def close(self) -> None:
        """Close all connections; those in use when they are given back."""
        self._closed = True
        while self._free:
            await self._free.pop().close()

    async def _open(self) -> C:
        """A new connection, in the room that was made for it."""
        try:
            return await self._make()
        except BaseException:
            self._hand_on(None)
            raise

    async def _turn(self) -> C | None:
        """A connection that another one gives back; None for room to open one."""
        turn: asyncio.Future[C | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._timeout):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._hand_on(turn.result())  # it came too late for us
            raise

    def _hand_on(self, connection: C | None) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._room += 1
        else:
            self._free.append(connection)
