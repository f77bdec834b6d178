"""What records say about others: ends of chains, erased content, pruned beginnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from uuid import UUID

from core.audit import proofs
from core.audit.choices import AuditKind

End = tuple[int, bytes]
When = tuple[dt.datetime, UUID]


def end_of(said: tuple[int, str]) -> End:
    """An end of a chain as a record says it: number, link in hex."""
    number, link = said
    return number, bytes.fromhex(link)


@dataclass
class Told:
    """What sound records have said so far; of two about one chain the later one counts."""

    erased: dict[UUID, list[tuple[When, str, str | None]]] = field(default_factory=dict)
    """Records to digests of their content before and after an erasure; None where nothing is left."""
    pruned: dict[UUID, tuple[When, End]] = field(default_factory=dict)
    """Chains to the last record that was removed after its time."""
    anchored: dict[UUID, int] = field(default_factory=dict)
    """Chains to the highest number that another one names."""

    def hear(self, row: Mapping[str, Any]) -> Iterator[tuple[UUID, End]]:
        """What a record says; the ends of chains, which are looked up."""
        when = (row["at"], row["id"])
        after = row["after"] or {}
        if row["kind"] is AuditKind.ERASURE:
            for record, (before, left) in after.get(proofs.RECORDS, {}).items():
                self.erased.setdefault(UUID(hex=record), []).append((when, before, left))
            for chain, said in after.get(proofs.PRUNED, {}).items():
                known = self.pruned.get(found := UUID(hex=chain))
                if known is None or known[0] <= when:
                    self.pruned[found] = (when, end_of(said))
        elif row["kind"] is AuditKind.ANCHOR:
            for chain, said in after.get(proofs.CHAINS, {}).items():
                found, end = UUID(hex=chain), end_of(said)
                self.anchored[found] = max(end[0], self.anchored.get(found, 0))
                yield found, end

    def left_of(self, record: UUID, content: bytes) -> str | None:
        """The digest that a record's content has after all erasures that were recorded."""
        left: str | None = content.hex()
        for _, before, after in sorted(self.erased.get(record, ()), key=itemgetter(0)):
            left = after if before == left else left
        return left
