"""A cache bounded by entries and bytes; the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Bounded(Generic[T]):
    """Keeps at most `entries` values whose sizes add up to at most `size` bytes."""

    def __init__(self, entries: int, size: int) -> None:
        """Both bounds hold at all times."""
        self.entries, self.size, self.bytes = entries, size, 0
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value, now the most recently used; None where there is none."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep a value of about `size` bytes; one that is larger than the whole cache is not kept."""
        if size > self.size:
            return
        if (old := self._kept.pop(key, None)) is not None:
            self.bytes -= old[1]
        self._kept[key] = (value, size)
        self.bytes += size
        while len(self._kept) > self.entries or self.bytes > self.size:
            _, (_, freed) = self._kept.popitem(last=False)
            self.bytes -= freed

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.bytes = 0

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)
