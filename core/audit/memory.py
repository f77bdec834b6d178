"""What was noted and is not written yet: grouped, so that many readings become one record."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Hashable
from dataclasses import replace
from uuid import UUID

from asyncpg.pgproto import pgproto

from core.audit.entries import Entry

MOST_GROUPS, MOST_CUSTOMERS = 10_000, 200_000
"""How much is held before requests have to wait."""
SLICE = 2_000
"""How many keys of customers are looked at before others have their turn."""
Key = UUID | bytes


class Group:
    """What one caller did in one way since the last writing. Keys of customers are told apart only then."""

    __slots__ = ("calls", "customers", "entry")

    def __init__(self, entry: Entry) -> None:
        """`entry`: of its first call, without customers."""
        self.entry, self.calls = entry, 0
        self.customers: list[Collection[Key]] = []

    @property
    def size(self) -> int:
        """How many keys of customers it holds."""
        return sum(map(len, self.customers))

    async def whole(self) -> Entry:
        """The entry of all calls."""
        found: set[UUID] = set()
        for number, one in enumerate(set[Key]().union(*self.customers), 1):
            found.add(one if isinstance(one, UUID) else _key(one))
            if number % SLICE == 0:
                await asyncio.sleep(0)
        return replace(self.entry, customers=found, calls=self.calls)


def _key(raw: bytes) -> UUID:
    """Of 16 bytes, or of hexadecimal digits; the driver's are made and compared in C."""
    found: UUID = pgproto.UUID(raw if len(raw) == 16 else raw.decode())  # noqa: PLR2004
    return found


class Memory:
    """Groups that wait to be written, the oldest first."""

    def __init__(self) -> None:
        """Empty."""
        self._groups: dict[Hashable, Group] = {}
        self._customers = 0

    def __len__(self) -> int:
        """How many groups wait."""
        return len(self._groups)

    @property
    def full(self) -> bool:
        """Whether no more may be held."""
        return len(self._groups) >= MOST_GROUPS or self._customers >= MOST_CUSTOMERS

    def get(self, key: Hashable) -> Group | None:
        """The group that is noted under a key."""
        return self._groups.get(key)

    def begin(self, key: Hashable, entry: Entry) -> Group:
        """A new group."""
        group = self._groups[key] = Group(entry)
        return group

    def count(self, group: Group, customers: Collection[Key]) -> None:
        """One more call of a group."""
        group.calls += 1
        if customers:
            group.customers.append(customers)
            self._customers += len(customers)

    def take(self, groups: int, customers: int) -> dict[Hashable, Group]:
        """The oldest groups, to be written: at most so many, and no more once they hold so many customers."""
        taken: dict[Hashable, Group] = {}
        size = 0
        for key, group in self._groups.items():
            if len(taken) == groups or size >= customers:
                break
            taken[key] = group
            size += group.size
        for key in taken:
            del self._groups[key]
        self._customers -= size
        return taken

    def put_back(self, taken: dict[Hashable, Group]) -> None:
        """What could not be written waits again, with what was noted in the same way meanwhile."""
        for key, group in taken.items():
            newer = self._groups.pop(key, None)
            self._customers += group.size
            if newer is not None:
                group.calls += newer.calls
                group.customers += newer.customers
        self._groups = {**taken, **self._groups}
