"""Branch coverage across greenlets: a tracer for each, as for threads.

SQLAlchemy's async sessions run inside greenlets. coverage's own `concurrency = ["greenlet"]` asks at each
call of any function which one runs, which costs about as much as all the rest of its tracing. Here a tracer
is changed when greenlets change, and used again by later ones; what is counted is the same to the arc.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import greenlet
from coverage import Coverage


def follow_greenlets() -> None:
    """In this thread and in those that come; nothing unless coverage is counted by tracers."""
    counting = Coverage.current()
    collector: Any = None if counting is None else counting._collector
    if collector is None or not collector.core.systrace:
        return

    def begin(frame: FrameType, event: str, arg: Any) -> Any:
        traced = collector._installation_trace(frame, event, arg)
        _follow(collector)
        return traced

    threading.settrace(begin)
    _follow(collector)


def _follow(collector: Any) -> None:
    """In this thread, which is traced."""
    kept: dict[int, Any] = {}
    idle: list[Any] = []
    begun = collector.tracers

    def switched(_event: str, between: tuple[greenlet.greenlet, greenlet.greenlet]) -> None:
        nonlocal begun
        tracer = sys.gettrace()
        if tracer is None:  # counting rests, as for a test that says `no_cover`
            return
        if collector.tracers is not begun:  # it has begun anew, with other tracers
            begun = collector.tracers
            kept.clear()
            idle.clear()
        left, entered = between
        if left.dead:
            kept.pop(id(left), None)
            idle.append(tracer)
        else:
            kept[id(left)] = tracer
        known = kept.pop(id(entered), None) or (idle.pop() if idle else _new(collector))
        sys.settrace(known)

    greenlet.settrace(switched)


def _new(collector: Any) -> Callable[..., Any] | None:
    collector._start_tracer()
    return sys.gettrace()
