"""Walks over all chains and says what was altered, removed or inserted, the first place first (BEY-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from core.audit.digests import content_of, digest_of_record, first_link, next_link
from core.audit.entries import Digits, digits
from core.audit.rows import Reading
from core.audit.tables import CHAINS, RECORDS
from core.audit.verifying import statements
from core.audit.verifying.findings import Fault, Report
from core.audit.verifying.told import End, Told
from core.db.asking import ask, key
from core.db.database import Database
from core.db.statements import Statement

MOST_CUSTOMERS = 20_000
"""How many customers' rows are read at once, at least a record's."""
Row = dict[str, Any]


async def verify(database: Database) -> Report:
    """Look at everything that is there; what is written meanwhile is left for the next time.

    It reads only, a batch at a time, so that the product goes on. Unavailable or Timeout as any read.
    """
    return await Verification(database).run()


class Verification:
    """One look at all chains."""

    def __init__(self, database: Database) -> None:
        """`database`: with the key that the records were made with."""
        self._database, self._sealer = database, database.sealer
        dialect = database.engine.dialect
        self._record, self._chain = Reading(RECORDS, dialect), Reading(CHAINS, dialect)
        self._report, self._told = Report(), Told()
        self._chains: dict[UUID, Row] = {}
        self._changed: list[tuple[Row, str | None]] = []
        """Records whose content is not what it was, and its digest now: erased, or altered."""
        self._gone: dict[UUID, list[End]] = defaultdict(list)
        """Chains that are named and not there: pruned, or removed."""

    async def run(self) -> Report:
        """All of it."""
        self._chains = {row["id"]: row for row in map(self._chain, await self._ask(statements.ALL_CHAINS))}
        self._report.ends = [*self._chains.values()]
        for chain in [*self._chains]:
            await self._walk(chain)
        for row in map(self._record, await self._ask(statements.ASTRAY)):
            self._report.add(Fault.BEYOND if row["chain_id"] in self._chains else Fault.NO_CHAIN, row)
        await self._unlinked()
        self._content()
        for head in self._chains.values():
            await self._beginning(head)
        self._removed()
        self._report.sort()
        return self._report

    # -- one chain
    async def _walk(self, chain: UUID) -> None:
        """From its beginning, or from behind what was pruned, to its end."""
        head = self._chains[chain]
        number, link = started, _ = self._start(head)
        while rows := await self._next(chain, number, head["number"]):
            if number == started and rows[0]["number"] > number + 1 and await self._pruned_meanwhile(chain):
                return await self._walk(chain)
            for row in rows:
                link = self._follow((number, link), row)
                number = row["number"]
            await self._look_into(rows)
            self._report.records += len(rows)
        if number < head["number"]:
            if number > started or not await self._pruned_meanwhile(chain):
                self._report.add(Fault.REMOVED, chain=chain, number=number + 1)
            else:
                return await self._walk(chain)
        elif link != head["link"]:
            self._report.add(Fault.END, chain=chain, number=number)
        return None

    def _start(self, head: Row) -> End:
        if head["pruned_number"]:
            return head["pruned_number"], head["pruned_link"] or b""
        return 0, first_link(self._sealer, head["id"], head["started_at"])

    def _follow(self, end: End, row: Row) -> bytes:
        """Look at a record's digest and link; the link that the next one follows."""
        number, link = end
        if row["number"] > number + 1:
            self._report.add(Fault.REMOVED, row, number=number + 1)
        if row["digest"] != digest_of_record(self._sealer, row):
            self._report.add(Fault.ALTERED, row)
        elif row["number"] == number + 1 and row["link"] != next_link(
            self._sealer, link, row["number"], row["digest"]
        ):
            self._report.add(Fault.OUT_OF_PLACE, row)
        return row["link"] or b""

    async def _pruned_meanwhile(self, chain: UUID) -> bool:
        """Whether the chain's beginning went while this looked; it then starts anew."""
        before = self._chains[chain]["pruned_number"]
        for row in map(self._chain, await self._ask(statements.ONE_CHAIN, chain=chain)):
            self._chains[chain] = row
        return bool(self._chains[chain]["pruned_number"] > before)

    async def _next(self, chain: UUID, after: int, last: int) -> list[Row]:
        rows = await self._ask(statements.NEXT, chain=chain, after=after, last=last)
        return [self._record(row) for row in rows]

    async def _unlinked(self) -> None:
        """Records that wait for a chain."""
        after = UUID(int=0)
        while rows := [self._record(row) for row in await self._ask(statements.UNLINKED, key=after)]:
            after = rows[-1]["id"]
            for row in rows:
                if row["digest"] != digest_of_record(self._sealer, row):
                    self._report.add(Fault.FORGED, row)
            await self._look_into(rows)
            self._report.unlinked += len(rows)

    # -- content
    async def _look_into(self, rows: Sequence[Row]) -> None:
        """Look at the content of records, and hear what it says of others."""
        named: defaultdict[UUID, list[tuple[End, Row]]] = defaultdict(list)
        for some in _batches(rows):
            customers: defaultdict[UUID, list[Digits]] = defaultdict(list)
            keys = [row["id"] for row in some]
            for record, customer in await self._ask(statements.CUSTOMERS_OF, keys=keys):
                customers[key(record)].append(digits(key(customer)))
            for row in some:
                if self._is_sound(row, customers[row["id"]]):
                    for chain, end in self._told.hear(row):
                        named[chain].append((end, row))
        for chain, ends in named.items():
            await self._look_up(chain, dict(end for end, _ in ends))

    def _is_sound(self, row: Row, customers: Sequence[Digits]) -> bool:
        """Whether the content is what it was; else it may have been erased, as some record has to say.

        Of a record whose digest is wrong already nothing more is said.
        """
        if row["digest"] != digest_of_record(self._sealer, row):
            return False
        held = (row["fields"], row["before"], row["after"])
        if row["salt"] is None:
            if customers or any(one is not None for one in held):
                self._report.add(Fault.CONTENT, row)
            else:
                self._changed.append((row, None))
            return False
        digest = content_of(self._sealer, row["salt"], held[0], customers, held[1:])
        if digest != row["content"]:
            self._changed.append((row, digest.hex()))
        return bool(digest == row["content"])

    def _content(self) -> None:
        """Which contents were erased, as records say, and which altered."""
        for row, digest in self._changed:
            if digest != self._told.left_of(row["id"], row["content"]):
                self._report.add(Fault.ERASED if digest is None else Fault.CONTENT, row)

    # -- what chains say of each other
    async def _look_up(self, chain: UUID, ends: Mapping[int, bytes]) -> None:
        """Whether a chain has the links that an anchor names."""
        head = self._chains.get(chain)
        if head is None:
            self._gone[chain] += ends.items()
            return
        there = [number for number in ends if number > head["pruned_number"]]
        found = await self._ask(statements.LINKS, chain=chain, numbers=there) if there else ()
        for number, link, *_ in found:
            if link is None or bytes(link) != ends[number]:
                self._report.add(Fault.ANCHOR, chain=chain, number=number)
        if any(number > head["number"] for number in there):  # else the walk finds that it is gone
            self._report.add(Fault.REMOVED, chain=chain, number=head["number"] + 1)

    async def _beginning(self, head: Row) -> None:
        """Whether what is gone from a chain's beginning went after its time, and others do name its end."""
        chain = head["id"]
        if head["pruned_number"]:
            _, end = self._told.pruned.get(chain, (None, None))
            if end != (head["pruned_number"], head["pruned_link"]):
                self._report.add(Fault.PRUNED, chain=chain, number=1)
        named = max(self._told.anchored.get(chain, 0), head["pruned_number"])
        if head["anchored_number"] > head["number"]:
            self._report.add(Fault.NO_ANCHOR, chain=chain, number=head["anchored_number"])
        elif head["anchored_number"] > named:
            given = {"after": named, "last": head["anchored_number"]}
            for row in map(self._record, await self._ask(statements.UNANCHORED, chain=chain, **given)):
                self._report.add(Fault.NO_ANCHOR, row)

    def _removed(self) -> None:
        """Chains that are named and not there: pruned to that place and further, or removed."""
        for chain, ends in self._gone.items():
            _, pruned = self._told.pruned.get(chain, (None, (0, b"")))
            for number, link in ends:
                if number > pruned[0] or (number == pruned[0] and link != pruned[1]):
                    self._report.add(Fault.NO_CHAIN, chain=chain, number=number)
                    break

    async def _ask(self, statement: Statement, **values: object) -> Sequence[Sequence[Any]]:
        return await ask(self._database, statement, values)


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Parts with not too many customers."""
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += row["customer_count"] or 0
        if size >= MOST_CUSTOMERS:
            yield some
            some, size = [], 0
    if some:
        yield some
