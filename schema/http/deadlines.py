"""One timer for the deadlines of many tasks: a timer for each would cost as much as reading the body does."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

STEPS = 20


class Deadlines:
    """Blocks that may take so long: `with deadlines:` raises TimeoutError at most a twentieth too late."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long each block may take."""
        self.seconds = seconds
        self._due: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        """Start the block's time."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # noqa: S101 it is entered by a coroutine
        self._due[task] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds / STEPS, self._look, loop)

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End it; TimeoutError where it was cut off."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._due.pop(task, None)
        if task in self._late:
            self._late.discard(task)
            if task.uncancel() <= 0 and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from error

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cut off what is late, and look again while anything runs."""
        now = loop.time()
        for task in [task for task, due in self._due.items() if due <= now]:
            del self._due[task]
            self._late.add(task)
            task.cancel()
        self._timer = loop.call_later(self.seconds / STEPS, self._look, loop) if self._due else None
