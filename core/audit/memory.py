"""What was noted and is not written yet: grouped, so that many readings become one record.

Who reads again within a minute, in the same way, nobody but whom they have just been shown, is counted until
the minute is over, in a record of its own that names these customers: a page that is loaded anew every second
is on record twice a minute rather than sixty times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field, replace

from core.audit.entries import Digits, Entry

MOST_GROUPS, MOST_CUSTOMERS = 10_000, 200_000
"""How much is held before requests have to wait."""
AGAIN = dt.timedelta(minutes=1)
"""How long repeated readings are counted before they are written."""
MOST_SHOWN = 25_000
"""How many keys are remembered to know a repeated reading by."""


class Group:
    """What one caller did in one way since the last writing. Keys of customers are told apart only then."""

    __slots__ = ("calls", "customers", "entry")

    def __init__(self, entry: Entry) -> None:
        """`entry`: of its first call, without customers."""
        self.entry, self.calls = entry, 0
        self.customers: list[Collection[Digits]] = []

    @property
    def size(self) -> int:
        """How many keys of customers it holds."""
        return sum(map(len, self.customers))

    def whole(self) -> Entry:
        """The entry of all calls. Its customers are in order, so that sorting them again takes no time."""
        return replace(self.entry, customers=sorted(set[Digits]().union(*self.customers)), calls=self.calls)


@dataclass(slots=True)
class _Shown:
    """Whom one caller was shown in one way since then, and what they read of these again."""

    since: dt.datetime
    customers: set[Digits] = field(default_factory=set)
    again: Group | None = None
    repeated: set[Digits] = field(default_factory=set)
    """The customers of `again`."""

    def has(self, customers: Collection[Digits]) -> bool:
        """Whether they were all shown; if so they are `repeated` now. Mostly they were, which is one look."""
        if self.repeated.issuperset(customers):
            return True
        if self.customers.issuperset(customers):
            self.repeated.update(customers)
            return True
        return False


class Memory:
    """Groups that wait to be written, the oldest first."""

    def __init__(self) -> None:
        """Empty."""
        self._groups: dict[Hashable, Group] = {}
        self._customers = 0
        self._shown: dict[Hashable, _Shown] = {}
        self._remembered = 0

    def __len__(self) -> int:
        """How many groups wait."""
        return len(self._groups)

    @property
    def full(self) -> bool:
        """Whether no more may be held."""
        return len(self._groups) >= MOST_GROUPS or self._customers >= MOST_CUSTOMERS

    def note(self, key: Hashable, entry: Callable[[], Entry], customers: Collection[Digits]) -> None:
        """One more call of the group under a key; `entry` makes that of its first."""
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(entry())
        group.calls += 1
        if customers:
            group.customers.append(customers)
            self._customers += len(customers)

    def note_reading(
        self, key: Hashable, entry: Callable[[], Entry], customers: Collection[Digits], now: dt.datetime
    ) -> None:
        """The same of a reading; of customers who were all shown in this way just now, it is kept back."""
        shown = self._shown.get(key)
        if shown is not None and customers and shown.has(customers):
            if shown.again is None:
                shown.again = Group(entry())
                shown.again.customers.append(shown.repeated)
            shown.again.calls += 1
            return
        self.note(key, entry, customers)
        if not customers:
            return
        if shown is None:
            shown = self._shown[key] = _Shown(now)
        self._remembered -= len(shown.customers)
        shown.customers.update(customers)
        self._remembered += len(shown.customers)
        while self._remembered > MOST_SHOWN or len(self._shown) > MOST_GROUPS:
            self._forget([next(iter(self._shown))])

    def release(self, before: dt.datetime | None = None) -> None:
        """What was kept back waits as all else does: what began before then, or all."""
        self._forget([key for key, one in self._shown.items() if before is None or one.since <= before])

    def _forget(self, keys: Collection[Hashable]) -> None:
        repeated: dict[Hashable, Group] = {}
        for key in keys:
            shown = self._shown.pop(key)
            self._remembered -= len(shown.customers)
            if shown.again is not None:
                repeated[key] = shown.again
        if repeated:
            self.put_back(repeated)

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
