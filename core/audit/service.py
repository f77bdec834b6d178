"""The audit of one process: readings are noted in memory and written in groups, off the request's path.

What was noted since the last writing is lost when the process is killed: half a second's as a rule, a
minute's of what was read again (`core.audit.memory`). Exports and unmasking wait for their record
(`write_now`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from core.access.viewer import Viewer
from core.audit.chain import Chain
from core.audit.choices import AuditKind
from core.audit.entries import Digits, Entry, entry_of, plain
from core.audit.memory import AGAIN, Memory
from core.db.database import Database
from core.errors import RequestError

EVERY = 0.5
"""Seconds between two writings."""
GROUPS, CUSTOMERS = 500, 20_000
"""Most groups of one transaction, and how many customers are enough for one."""

MOST_PLACE = 200
"""Most characters of a refused field that are kept: its end, which no client has named."""

log = structlog.get_logger(__name__)


class Audit:
    """Notes what is read, refused and signed in to, and writes it into a chain of this process's own."""

    def __init__(self, database: Database) -> None:
        """Nothing is written, and no chain begun, before there is something to write."""
        self._database = database
        self._memory, self._chain = Memory(), Chain(database)
        self._writing = asyncio.Lock()

    @property
    def full(self) -> bool:
        """Whether so much waits that a request has to `flush` before it reads."""
        return self._memory.full

    def note_read(
        self,
        viewer: Viewer,
        operation: str | None,
        fields: tuple[str, ...],
        customers: Collection[Digits],
    ) -> None:
        """Sensitive fields (`Customer.phone`) of these customers go to the caller.

        The collection is kept as it is until it is written.
        """
        kind = AuditKind.READ if viewer.emergency is None else AuditKind.UNMASK
        self._note(viewer, kind, operation, fields, customers)

    def note_refusal(self, viewer: Viewer, operation: str | None, code: str, field: str | None) -> None:
        """A request was refused with this code, because of this field: a path, of clients' aliases too."""
        place = () if field is None else (field if len(field) <= MOST_PLACE else f"…{field[-MOST_PLACE:]}",)
        if self.full:  # clients choose both, and nobody waits for a refusal
            operation, place = None, ()
        self._note(viewer, AuditKind.REFUSAL, operation, place, (), code)

    def note_sign_in(self, viewer: Viewer) -> None:
        """Somebody signed in."""
        self._note(viewer, AuditKind.SIGN_IN, None, (), ())

    async def write_now(
        self,
        viewer: Viewer,
        kind: AuditKind,
        operation: str | None,
        fields: tuple[str, ...],
        customers: Collection[Digits],
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Record it, with all that waits, before this returns. `details`: JSON, nothing sensitive.

        Not within a unit of work: SQLite has one writer. Where the database is away this raises as a unit of
        work does; the record is then written later, of an attempt.
        """
        after = None if details is None else plain(details)
        entry = self._entry(viewer, kind, operation=operation, fields=fields, after=after)
        self._memory.note(object(), lambda: entry, customers)
        await self._write()

    async def flush(self) -> None:
        """Write all that was noted so far; what can't be written stays noted, and this raises."""
        self._memory.release()
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            while len(self._memory):
                taken = self._memory.take(GROUPS, CUSTOMERS)
                try:
                    await self._chain.write([group.whole() for group in taken.values()])
                except BaseException:
                    self._memory.put_back(taken)
                    raise

    async def tick(self) -> None:
        """Write what was noted, link what any process wrote unlinked, anchor other chains if it is time.

        Repeated readings are written when their minute is over.
        """
        self._memory.release(self._database.clock.now() - AGAIN)
        await self._write()
        async with self._writing:
            await self._chain.tend()

    def _note(
        self,
        viewer: Viewer,
        kind: AuditKind,
        operation: str | None,
        fields: tuple[str, ...],
        customers: Collection[Digits],
        about: str | None = None,
    ) -> None:
        key = (
            kind,
            viewer.subject,
            viewer.employee,
            viewer.roles,
            viewer.purpose,
            viewer.emergency,
            operation,
            fields,
            about,
        )

        def entry() -> Entry:
            return self._entry(viewer, kind, operation=operation, fields=fields, about=about)

        if kind is AuditKind.READ:
            self._memory.note_reading(key, entry, customers, self._database.clock.now())
        else:
            self._memory.note(key, entry, customers)

    def _entry(self, viewer: Viewer, kind: AuditKind, **more: Any) -> Entry:
        return entry_of(viewer, self._database.clock.now(), kind, **more)


@asynccontextmanager
async def auditing(audit: Audit) -> AsyncIterator[None]:
    """What is noted is written while the block runs, and once more at its end."""
    ended = asyncio.Event()
    task = asyncio.create_task(_until(ended, audit))
    try:
        yield
    finally:
        ended.set()
        await task


async def _until(ended: asyncio.Event, audit: Audit) -> None:
    well, last = True, False
    while not last:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), EVERY)
        last = ended.is_set()  # asked before: what is noted while this turn links is for another one
        try:
            if last:
                await audit.flush()
            await audit.tick()
        except RequestError as error:
            if well:
                log.warning("the audit waits for the database", code=error.code)
            well = False
        except Exception:
            log.exception("the audit is held up")
            well = False
        else:
            if not well:
                log.warning("the audit goes on")
            well = True
