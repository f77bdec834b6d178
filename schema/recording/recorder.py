"""Counts what is asked while requests run, and writes it down every few seconds (BEY-5).

A request costs one look into a dictionary. No value is kept, not even until the next writing: a variable's
value is replaced when it is first seen, a document's literals before it is written.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import structlog
from graphql import OperationType

from core.access.viewer import Viewer
from core.db.database import Database
from core.errors import RequestError
from core.operations.choices import OperationKind
from core.operations.store import Operation, forget, record
from core.settings import Settings
from schema.compiler.documents import Document
from schema.recording.texts import shape_of_text
from schema.recording.values import Placeholders, known_prefixes
from schema.vocabulary.schema import Schema

EVERY = 5.0
"""Seconds between two writings."""
MOST, MOST_CHARACTERS, LONGEST = 1_000, 400_000, 32_000
"""Kinds of requests between two writings, their texts together, one text; what goes beyond is left out."""
KINDS = {OperationType.QUERY: OperationKind.QUERY, OperationType.MUTATION: OperationKind.MUTATION}

log = structlog.get_logger(__name__)


class _Seen:
    """A kind of request since the last writing."""

    __slots__ = ("calls", "document", "role", "variables")

    def __init__(self, document: Document, role: str, variables: dict[str, Any]) -> None:
        self.document, self.role, self.variables, self.calls = document, role, variables, 1


class Recorder:
    """Records the operations of one application."""

    def __init__(self, schema: Schema, database: Database, settings: Settings) -> None:
        """`settings` say in which zone days begin and for how many days operations are kept."""
        self._schema, self._database, self._settings = schema, database, settings
        self._placeholders = Placeholders(known_prefixes(schema.models))
        self._seen: dict[Hashable, _Seen] = {}
        self._characters = 0
        self._forgotten: dt.date | None = None

    def note(
        self, document: Document, shape: Hashable, given: Mapping[str, Any] | None, viewer: Viewer
    ) -> None:
        """Count one request. `shape`: what of its variables decides the statement."""
        key = (document.text, document.name, shape, viewer.roles)
        seen = self._seen.get(key)
        if seen is None:
            self._first(key, document, given or {}, viewer)
        else:
            seen.calls += 1

    def _first(self, key: Hashable, document: Document, given: Mapping[str, Any], viewer: Viewer) -> None:
        size = len(document.text)
        if len(self._seen) >= MOST or size > LONGEST or self._characters + size > MOST_CHARACTERS:
            return
        sent = {name: kind for name, kind in document.types.items() if name in given}
        variables = {
            name: None
            if document.structural.get(name) == "cursor"
            else self._placeholders.of(given[name], kind)
            for name, kind in sent.items()
        }
        if len(orjson.dumps(variables)) <= LONGEST:
            self._characters += size
            self._seen[key] = _Seen(document, "+".join(viewer.roles), variables)

    async def flush(self) -> None:
        """Write down what was counted; where the database is away it is lost."""
        seen, self._seen, self._characters = self._seen, {}, 0
        calls: Counter[Operation] = Counter()
        for one in seen.values():
            calls[self._operation(one)] += one.calls
            await asyncio.sleep(0)  # requests go on meanwhile
        now = self._database.clock.now()
        today = now.astimezone(self._settings.zone).date()
        if not calls and self._forgotten == today:
            return
        try:
            async with self._database.unit_of_work() as work:
                await record(work, calls, today)
                if self._forgotten != today:
                    days = dt.timedelta(days=self._settings.operations_days)
                    await forget(work, now - days, today - days)
            self._forgotten = today
        except RequestError as error:
            log.warning("operations not recorded", code=error.code, calls=calls.total())

    def _operation(self, seen: _Seen) -> Operation:
        document = seen.document
        name, text, names = shape_of_text(document, self._schema, self._placeholders)
        variables = {names[known]: value for known, value in seen.variables.items()}
        return Operation(
            seen.role,
            KINDS[document.operation.operation],
            name,
            text,
            orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode(),
        )


@asynccontextmanager
async def recording(recorder: Recorder) -> AsyncIterator[None]:
    """Operations are written down while the block runs, and once more at its end."""
    ended = asyncio.Event()
    task = asyncio.create_task(_until(ended, recorder))
    try:
        yield
    finally:
        ended.set()
        await task


async def _until(ended: asyncio.Event, recorder: Recorder) -> None:
    while not ended.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), EVERY)
        try:
            await recorder.flush()
        except Exception:
            log.exception("operations not recorded")
