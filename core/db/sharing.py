"""Round trips that are shared: the same statement, asked for several callers at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

from core.errors import Unavailable

MOST = 16
"""Most callers in one round trip."""

Arguments: TypeAlias = Sequence[Any]
Told: TypeAlias = bytes | Unavailable | None
"""The answer, or why there is none; None for one who has to ask alone."""
Group: TypeAlias = list[tuple[Arguments, asyncio.Future[Told]]]


class Sharing:
    """Those who ask the same statement in one turn of the event loop go to the database together.

    Each has arguments and an answer of their own, and nobody waits for more than the turn's end. Where the
    round trip fails, each of its callers asks alone, so nobody suffers from another's arguments; where the
    database is away, all are told.
    """

    def __init__(
        self,
        one: Callable[[str, Arguments], Awaitable[bytes]],
        many: Callable[[str, Sequence[Arguments]], Awaitable[Sequence[bytes]]],
    ) -> None:
        """`one` asks for one caller, `many` for several in one round trip."""
        self._one, self._many = one, many
        self._gathering: dict[str, Group] = {}

    async def ask(self, sql: str, args: Arguments) -> bytes:
        """The value that the statement gives for these arguments."""
        group = self._gathering.get(sql)
        if group is None or len(group) + 1 == MOST:
            told = await self._lead(sql, args)
        else:
            mine: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
            group.append((args, mine))
            told = await mine
        if isinstance(told, Exception):
            raise told
        return await self._one(sql, args) if told is None else told

    async def _lead(self, sql: str, args: Arguments) -> Told:
        """Ask for oneself and all who come before the turn ends."""
        group = self._gathering[sql] = Group()
        theirs: Sequence[Told] = ()
        try:
            await asyncio.sleep(0)
            self._close(sql, group)
            if not group:
                return None
            mine, *theirs = await self._many(sql, [args, *(one for one, _ in group)])
        except Unavailable:
            theirs = [Unavailable() for _ in group]
            raise
        except Exception:  # noqa: BLE001 whose it is shows when each asks alone
            return None
        else:
            return mine
        finally:
            self._close(sql, group)  # who is cancelled takes nobody along
            for (_, waiting), told in zip_longest(group, theirs):
                if not waiting.done():
                    waiting.set_result(told)

    def _close(self, sql: str, group: Group) -> None:
        if self._gathering.get(sql) is group:
            del self._gathering[sql]
