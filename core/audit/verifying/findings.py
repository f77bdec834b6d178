"""What can be wrong with the audit, and where."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.text import Text


class Fault(enum.Enum):
    """A sort of fault."""

    ALTERED = Text("the record was altered", "记录被改动")
    CONTENT = Text("the record's fields, customers or values were altered", "记录的字段、客户或前后值被改动")
    REMOVED = Text("a record was removed from here", "此处的记录被删除")
    OUT_OF_PLACE = Text(
        "the record was inserted or moved here: it does not follow from the one before it",
        "记录被插入或移动到此处：与前一条记录不衔接",
    )
    BEYOND = Text("the record was inserted outside its chain", "记录被插入到链之外")
    END = Text("the end of the chain was altered", "链的末端被改动")
    ANCHOR = Text("another chain names another link of this record", "另一条链所记的此记录的链接与现有的不同")
    NO_CHAIN = Text("the chain was removed, with its records or without", "整条链被删除")
    NO_ANCHOR = Text(
        "the chain is marked as named by others, and none names it", "链被标为已由其他链锚定，实则没有"
    )
    FORGED = Text("a record in no chain, which the product did not write", "不在任何链中且非本产品写入的记录")
    ERASED = Text("the content is gone, and no record says who erased it", "内容已被清除，但没有清除的记录")
    PRUNED = Text(
        "the chain's first records are gone, and no record says that their time was over",
        "链开头的记录已消失，但没有到期清理的记录",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and its place, as far as it has one. `at`: of the record, or of the next one there is."""

    fault: Fault
    chain: UUID | None = None
    number: int | None = None
    record: UUID | None = None
    at: dt.datetime | None = None


@dataclass
class Report:
    """What was looked at, and what was found."""

    records: int = 0
    unlinked: int = 0
    ends: Sequence[Mapping[str, Any]] = ()
    """The chains, as their rows say: kept elsewhere, their ends prove what was there."""
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        fault: Fault,
        row: Mapping[str, Any] | None = None,
        *,
        chain: UUID | None = None,
        number: int | None = None,
    ) -> None:
        """A fault of a record; `chain` and `number` where they are not what its row says."""
        row = row or {}
        place = chain or row.get("chain_id"), row.get("number") if number is None else number
        self.findings.append(Finding(fault, *place, row.get("id"), row.get("at")))

    def sort(self) -> None:
        """Each finding once: by chain, the oldest first, and by place in it; those in no chain last."""
        last = UUID(int=2**128 - 1)
        self.findings = sorted(
            dict.fromkeys(self.findings), key=lambda one: (one.chain or last, one.number or 0)
        )
