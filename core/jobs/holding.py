"""Who holds the event loop: nothing else goes on in the process meanwhile, requests neither."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import structlog

TOO_LONG = 1.0
"""Seconds between two awaits."""

log = structlog.get_logger(__name__)


class Held:
    """Awaits an act step by step; a step that takes too long is told in the log, under the name given."""

    def __init__(self, act: Awaitable[None], name: str) -> None:
        self._steps: Generator[Any, Any, None] = act.__await__()
        self._name = name

    def __await__(self) -> Generator[Any, Any, None]:
        """Itself: what is sent to it is passed on."""
        return self  # type: ignore[return-value]  # all that `await` asks of a generator

    def __next__(self) -> Any:
        """On to the next await."""
        return self._timed(self._steps.__next__)

    def send(self, value: Any) -> Any:
        """On, with what was awaited."""
        return self._timed(self._steps.send, value)

    def throw(self, *error: Any) -> Any:
        """On, with what went wrong."""
        return self._timed(self._steps.throw, *error)

    def close(self) -> None:
        """Given up."""
        self._steps.close()

    def _timed(self, step: Callable[..., Any], *given: Any) -> Any:
        begun = time.monotonic()
        try:
            return step(*given)
        finally:
            if (seconds := time.monotonic() - begun) > TOO_LONG:
                log.warning("work holds up the whole process", task=self._name, seconds=round(seconds, 1))
