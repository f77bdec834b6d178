"""Its handlers: told twice they do no more than once, and what was cut short was never done."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, get_args
from uuid import UUID

from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.events.declare import Event, Handler
from core.jobs.declare import Context
from core.text import Text
from schema.conformance.outcome import Check, Skipped
from schema.conformance.stand import Stand
from schema.kit.planting import Planted

LATER = dt.timedelta(hours=1)
KEY = "_id"
PATIENCE = 10.0
"""Seconds for one event: who opens a second transaction waits for the first, for ever."""
NO_HANDLERS = Text("it handles no events", "不处理任何事件")


class _Cut(Exception):
    """The process dies here."""


def event_for(stand: Stand, kind: type[Event], *, there: bool = True) -> Event:
    """An event about planted rows that belong together; `there`: or about rows that are gone."""
    named = [name for name, field in kind.model_fields.items() if UUID in _kinds(field.annotation)]
    known: dict[str, Any] = {}
    for name in named:
        row = _row(stand, name, known)
        if row is not None:
            known |= {key: value for key, value in row.values.items() if key in named and value is not None}
            known[name] = row.key
    gone = UUID(int=7 << 76 | 2 << 62)
    given = {name: known.get(name, gone) if there else gone for name in named}
    rest = {
        name: _plain(stand, field.annotation)
        for name, field in kind.model_fields.items()
        if name not in named and field.is_required()
    }
    return kind(**given, **rest)


def _row(stand: Stand, name: str, known: dict[str, Any]) -> Planted | None:
    """A planted row of the type that a field is called after; the one that is known, if there is one."""
    stem = name.removesuffix(KEY)
    capital = "".join(part.capitalize() for part in stem.split("_"))
    garden = stand.stage.garden.rows
    among = [one for one in garden if one in {capital, f"{stand.subject.manifest.prefix}{capital}"}]
    rows = [row for one in among for row in garden[one] if not row.spare]
    if name in known:
        rows = [row for row in rows if row.key == known[name]]
    return rows[0] if rows else None


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *get_args(annotation))


def _plain(stand: Stand, annotation: Any) -> Any:
    for kind in _kinds(annotation):
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return next(iter(kind))
        if kind is type(None):
            return None
    now = stand.clock.now()
    made = {str: "x", int: 1, bool: True, dt.datetime: now, dt.date: now.date(), tuple: ()}
    return next((value for kind, value in made.items() if kind in _kinds(annotation)), ())


async def handlers(stand: Stand) -> AsyncIterator[str]:
    """Each with an event about rows that are there, twice; about rows that are gone; and cut short."""
    declared = list(stand.subject.declared["handlers"])
    if not declared:
        raise Skipped(NO_HANDLERS)
    for one in declared:
        event = event_for(stand, one.event)
        try:
            async with stand.stage.restored():
                before = await stand.dump()
                await _handle(stand, one, event, cut=True)
                if await stand.dump() != before:
                    yield f"{one.name}: cut short, and left something"
                await _handle(stand, one, event)
                once = await stand.dump()
                stand.clock.advance(LATER)
                await _handle(stand, one, event)
                if await stand.dump() != once:
                    yield f"{one.name}: told twice"
                await _handle(stand, one, event_for(stand, one.event, there=False))
        except Exception as error:  # noqa: BLE001  # of whatever sort
            yield f"{one.name}: {type(error).__name__}: {error}"[:500]


async def _handle(stand: Stand, handler: Handler[Any], event: Event, *, cut: bool = False) -> None:
    """As a worker does; `cut`: it dies before the commit."""
    app = stand.stage.app
    plan = AccessPlan(app.catalogue, (), unrestricted=True)
    viewer = Viewer(f"plugin:{stand.subject.manifest.id}", None, (), (), plan)
    with suppress(_Cut):
        async with asyncio.timeout(PATIENCE), app.database.unit_of_work() as work:
            await handler.handle(Context(work, viewer, work.services), [event])
            await work.flush()
            if cut:
                raise _Cut


CHECKS = (
    Check(
        "handlers",
        Text(
            "an event told twice has the effect of one, and half of an effect is none",
            "事件重复投递等同一次；中断则毫无影响",
        ),
        Text(
            "write through `context.work` alone, and look first whether it was done",
            "只通过 `context.work` 写入，并先检查是否已处理",
        ),
        tries=handlers,
    ),
)
