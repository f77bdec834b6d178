"""The chain of one process: records are appended to it, unlinked ones of any process are linked into it.

Every so often it names the ends of other chains (an anchor), so that they can't be cut short unseen.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from core.audit import proofs
from core.audit.choices import AuditKind
from core.audit.digests import digest_of_record, first_link, next_link
from core.audit.entries import Digits, Entry
from core.audit.rows import Reading, row_of
from core.audit.tables import CHAINS, RECORDS, insert, place
from core.db.asking import ask, key
from core.db.database import Database, UnitOfWork
from core.db.expressions import Among, ListOf
from core.db.statements import Statement
from core.db.types import Key

ANCHORS = dt.timedelta(minutes=1)
"""Least time between two anchors of a process."""
LINKED, ANCHORED = 500, 500
"""Most records linked, and most chains named, in one transaction."""
SYSTEM = "system"

log = structlog.get_logger(__name__)
c, r = CHAINS.c, RECORDS.c
EMPLOYEES = sa.table("employees", sa.column("id", Key()), sa.column("department_id", Key()))
DEPARTMENTS = Statement(
    sa.select(EMPLOYEES.c.id, EMPLOYEES.c.department_id).where(
        Among(EMPLOYEES.c.id, sa.bindparam("keys", type_=ListOf(Key())))
    )
)
WAITING = Statement(
    sa.select(sa.literal_column("1")).where(r.chain_id.is_(None)).limit(sa.literal_column("1"))
)
UNLINKED = Statement(
    sa.select(*r)
    .where(r.chain_id.is_(None))
    .order_by(r.id)
    .limit(sa.literal_column(str(LINKED)))
    .with_for_update(skip_locked=True)
)
MINE = sa.bindparam("chain", type_=Key())
BEGIN = Statement(sa.insert(CHAINS))
HEAD = Statement(sa.select(c.number, c.link, c.anchored_number).where(c.id == MINE).with_for_update())
ADVANCE = Statement(
    sa.update(CHAINS)
    .where(c.id == MINE)
    .values(
        {
            name: sa.bindparam(f"new_{name}", type_=c[name].type)
            for name in ("number", "link", "anchored_number")
        }
    )
)
MOVED = sa.and_(c.number > c.anchored_number, c.id != MINE)
ANY_MOVED = Statement(sa.select(sa.literal_column("1")).where(MOVED).limit(sa.literal_column("1")))
HEADS = Statement(
    sa.select(c.id, c.number, c.link)
    .where(MOVED)
    .order_by(c.id)
    .limit(sa.literal_column(str(ANCHORED)))
    .with_for_update(skip_locked=True)
)
ANCHOR = Statement(
    sa.update(CHAINS)
    .where(Among(c.id, sa.bindparam("chains", type_=ListOf(Key()))))
    .values(anchored_number=c.number)
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    chain: UUID
    number: int
    link: bytes
    anchored: int = 0


class Chain:
    """Writes records of one process, in one task at a time."""

    def __init__(self, database: Database) -> None:
        """It begins with the first record."""
        self._database = database
        self._reading = Reading(RECORDS, database.engine.dialect)
        self._head: Head | None = None
        self._attempt: Head | None = None
        """The head that a failed commit would have made: it may have happened all the same."""
        self._lost: Head | None = None
        """The head of a chain that somebody changed behind our back; the next one names it."""
        self._anchored_at: dt.datetime | None = None

    async def tend(self) -> None:
        """Link what waits, and name the ends of other chains if it is time and they moved."""
        while await ask(self._database, WAITING):
            if await self.write(()) < LINKED:
                break
        if self._is_time:
            if await ask(
                self._database, ANY_MOVED, {"chain": self._head.chain if self._head else UUID(int=0)}
            ):
                await self.write(())
            self._anchored_at = self._database.clock.now()

    async def write(self, entries: Sequence[Entry]) -> int:
        """Append entries, and records of any process that wait for it: how many of these there were.

        Raises as a unit of work does. An employee who is gone by now is left out.
        """
        places = await self._departments({one.employee for one in entries if one.employee is not None})
        entries = [one if one.employee in places else replace(one, employee=None) for one in entries]
        database = self._database
        records: list[dict[str, Any]] = []
        named: dict[UUID, Collection[Digits]] = {}
        for one in entries:
            row = row_of(database.sealer, database.ids.new(), one, places.get(one.employee))
            records.append(row)
            named[row["id"]] = one.customers
            await asyncio.sleep(0)
        async with database.unit_of_work() as work:
            head = await self._lock(work)
            waiting = await self._waiting(work)
            anchors = await self._anchors(work, head)
            if waiting or anchors or records:
                start, worthy = head or await self._begin(work), bool(waiting or records)
                head = await self._append(work, start, (anchors, waiting, records), worthy=worthy)
                self._attempt = head
                await insert(work, [*anchors, *records], named)
                await place(work, waiting)
        if head is not None:
            self._head, self._attempt, self._lost = head, None, None
        return len(waiting)

    async def _lock(self, work: UnitOfWork) -> Head | None:
        """The end of this chain; None where there is none yet, or somebody else has changed it."""
        known = [one for one in (self._head, self._attempt) if one is not None]
        if not known:
            return None
        rows = await work.rows(HEAD, {"chain": known[-1].chain})
        for number, link, anchored in rows:
            if (number, bytes(link)) in [(one.number, one.link) for one in known]:
                return Head(known[-1].chain, number, bytes(link), anchored)
        if rows or self._head is not None:
            log.error(
                "the audit chain of this process was changed by somebody else", chain=str(known[0].chain)
            )
            self._lost, self._anchored_at = known[0], None
        self._head = self._attempt = None
        return None

    async def _begin(self, work: UnitOfWork) -> Head:
        """A new chain."""
        chain, now = work.ids.new(), work.clock.now()
        head = Head(chain, 0, first_link(work.sealer, chain, now))
        row = {"id": chain, "started_at": now, "number": 0, "link": head.link}
        await work.rows(BEGIN, {**row, "anchored_number": 0, "pruned_number": 0, "pruned_link": None})
        return head

    async def _waiting(self, work: UnitOfWork) -> list[dict[str, Any]]:
        """Records without a chain. One with a digest not ours is linked as it is."""
        rows = [self._reading(row) for row in await work.rows(UNLINKED)]
        good = []
        for row in rows:
            if digest_of_record(work.sealer, row) == row["digest"]:
                good.append(row)
            else:
                log.error("an audit record has a digest that is not ours", record=str(row["id"]))
        keys = {row["employee_id"] for row in good if row["employee_id"] is not None}
        places = await work.rows(DEPARTMENTS, {"keys": sorted(keys)}) if keys else ()
        departments = {key(employee): key(department) for employee, department in places}
        for row in good:
            row["department_id"] = departments.get(row["employee_id"])
            row["digest"] = digest_of_record(work.sealer, row)
        return rows

    async def _anchors(self, work: UnitOfWork, head: Head | None) -> list[dict[str, Any]]:
        """If it is time, a record of the ends of other chains that nobody has named yet."""
        if not self._is_time:
            return []
        mine = head.chain if head is not None else UUID(int=0)
        moved = {
            key(chain): (number, bytes(link))
            for chain, number, link in await work.rows(HEADS, {"chain": mine})
        }
        if moved:
            await work.rows(ANCHOR, {"chains": [*moved]})
        if self._lost is not None:
            moved[self._lost.chain] = (self._lost.number, self._lost.link)
        self._anchored_at = now = work.clock.now()
        if not moved:
            return []
        said = {chain.hex: [number, link.hex()] for chain, (number, link) in moved.items()}
        entry = Entry(now, AuditKind.ANCHOR, None, SYSTEM, after={proofs.CHAINS: said})
        return [row_of(work.sealer, work.ids.new(), entry)]

    async def _append(
        self, work: UnitOfWork, head: Head, rows: Sequence[Sequence[dict[str, Any]]], *, worthy: bool
    ) -> Head:
        """Give rows their places. `worthy`: other chains should name this one's end for what is new in it."""
        number, link = head.number, head.link
        for row in chain.from_iterable(rows):
            number += 1
            link = next_link(work.sealer, link, number, row["digest"])
            row["chain_id"], row["number"], row["link"] = head.chain, number, link
        anchored = number if not worthy and head.anchored == head.number else head.anchored
        values = {"new_number": number, "new_link": link, "new_anchored_number": anchored}
        await work.rows(ADVANCE, {"chain": head.chain, **values})
        return Head(head.chain, number, link, anchored)

    @property
    def _is_time(self) -> bool:
        """Whether the last anchor was long enough ago."""
        at = self._anchored_at
        return at is None or self._database.clock.now() - at >= ANCHORS

    async def _departments(self, employees: Collection[UUID]) -> Mapping[UUID | None, UUID]:
        """Where these employees belong."""
        if not employees:
            return {}
        rows = await ask(self._database, DEPARTMENTS, {"keys": sorted(employees)})
        return {key(employee): key(department) for employee, department in rows}
