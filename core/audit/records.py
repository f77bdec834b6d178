"""Records of what is written: in its transaction, with one statement for all, and linked afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from core.access.changes import Change, Witness
from core.access.plan import AccessPlan, Catalogue
from core.access.relations import Relations
from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.audit.entries import Digits, Entry, Values, digits, entry_of, kept
from core.audit.rows import new_salt, row_of
from core.audit.tables import insert
from core.db.model import Model, camel
from core.db.work import UnitOfWork

CUSTOMERS = "customers"
"""The table of customers, which stands above the audit."""
NAMED = 500
"""For how many groups of columns their names are kept."""


def nobody(subject: str) -> Viewer:
    """Whoever acts where no caller is known: `system`, or `operator`."""
    return Viewer(subject, None, (), (), AccessPlan(Catalogue(Relations({}), {}), (), unrestricted=True))


async def record(  # noqa: PLR0913  # as many facts
    work: UnitOfWork,
    viewer: Viewer,
    kind: AuditKind,
    *,
    operation: str | None = None,
    about: str | None = None,
    row_id: UUID | None = None,
    fields: Iterable[str] = (),
    customers: Collection[UUID] = (),
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record it when this unit of work commits.

    `operation`: the unit's unless given. `about`: the type that was written. `before`, `after`: by column or
    sealed field of that type, and kept as salted digests where its class is sensitive; under any other name
    nothing sensitive may stand, for it is kept as it is. `fields`: those of both unless given.
    """
    salt, names = new_salt(), _Names(viewer, about)
    entry = entry_of(
        viewer,
        work.clock.now(),
        kind,
        operation=operation or work.operation,
        about=about,
        row_id=row_id,
        fields=sorted(fields) or names.fields(before, after),
        customers=frozenset(map(digits, customers)),
        before=names.of(kept(work.sealer, salt, names.model, before)),
        after=names.of(kept(work.sealer, salt, names.model, after)),
        salt=salt,
    )
    _pending(work).entries.append(entry)


class Written(Witness):
    """Records each row that the API writes; of a command's or a worker's, one record for each type."""

    async def saw(self, change: Change) -> None:
        """A record of kind WRITE, about the customer whom the row is or belongs to."""
        row: Any = change.row
        about, customers = type(row).__name__, customers_of(row)
        if change.viewer.plan.unrestricted:
            _pending(change.work).count(change.viewer, about, change.before or change.after or (), customers)
            return
        await record(
            change.work,
            change.viewer,
            AuditKind.WRITE,
            about=about,
            row_id=getattr(row, "id", None),
            customers=customers,
            before=change.before,
            after=change.after,
        )


def customers_of(row: Model) -> frozenset[UUID]:
    """The customers whom a row is or names."""
    found = (getattr(row, name) for name in _naming_customers(type(row)))
    return frozenset(key for key in found if key is not None)


@cache
def _naming_customers(model: type[Model]) -> tuple[str, ...]:
    table = model.__table__
    if model.__tablename__ == CUSTOMERS:
        return ("id",)
    return tuple(
        c.name for c in table.c for key in c.foreign_keys if key.target_fullname == f"{CUSTOMERS}.id"
    )


class _Names:
    """How the fields of a type are named."""

    def __init__(self, viewer: Viewer, about: str | None) -> None:
        self._catalogue, self._about = viewer.plan.catalogue, about or ""
        self.model = self._catalogue.relations.models.get(self._about)

    def of(self, values: Values | None) -> Values | None:
        """Values by field; two columns of one field keep their own names."""
        if values is None or self.model is None:
            return values
        labels = _labels(self._catalogue, self._about, tuple(values))
        return dict(zip(labels, values.values(), strict=True))

    def fields(self, before: Values | None, after: Values | None) -> Sequence[str]:
        """The fields of these columns, with the type."""
        if self.model is None:
            return ()
        return _fields(self._catalogue, self._about, tuple({**(before or {}), **(after or {})}))


@lru_cache(NAMED)
def _labels(catalogue: Catalogue, about: str, names: Sequence[str]) -> Sequence[str]:
    fields = [catalogue.field_of(about, name) for name in names]
    return [
        camel(name) if fields.count(field) > 1 else field for name, field in zip(names, fields, strict=True)
    ]


@lru_cache(NAMED)
def _fields(catalogue: Catalogue, about: str, names: Sequence[str]) -> Sequence[str]:
    return sorted({f"{about}.{catalogue.field_of(about, name)}" for name in names})


class _Pending:
    """What one unit of work records."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.entries: list[Entry] = []
        self._bulks: dict[tuple[str, str], _Bulk] = {}

    def count(self, viewer: Viewer, about: str, names: Iterable[str], customers: Collection[UUID]) -> None:
        """A row of many."""
        key = viewer.subject, about
        if key not in self._bulks:
            self._bulks[key] = _Bulk(viewer, about, self._work.clock.now())
        self._bulks[key].count(names, customers)

    async def __call__(self) -> None:
        """Before the commit."""
        work = self._work
        records, named = [], {}
        for one in (*self.entries, *(bulk.entry(work.operation) for bulk in self._bulks.values())):
            row = row_of(work.sealer, work.ids.new(), one)
            records.append(row)
            named[row["id"]] = one.customers
        await insert(work, records, named)


def _pending(work: UnitOfWork) -> _Pending:
    """What this unit of work records so far."""
    for one in work.before_commit:
        if isinstance(one, _Pending):
            return one
    made = _Pending(work)
    work.before_commit.append(made)
    return made


@dataclass
class _Bulk:
    """Rows of one type, written by a command or a worker."""

    viewer: Viewer
    about: str
    at: dt.datetime
    rows: int = 0
    names: set[str] = field(default_factory=set)
    customers: set[Digits] = field(default_factory=set)

    def count(self, names: Iterable[str], customers: Collection[UUID]) -> None:
        """One more."""
        self.rows += 1
        self.names.update(names)
        self.customers.update(map(digits, customers))

    def entry(self, operation: str | None) -> Entry:
        """One record with counts."""
        fields = _Names(self.viewer, self.about).fields(dict.fromkeys(self.names), None)
        return entry_of(
            self.viewer,
            self.at,
            AuditKind.WRITE,
            operation=operation,
            about=self.about,
            fields=fields,
            customers=self.customers,
            after={"rows": self.rows},
            calls=self.rows,
        )
