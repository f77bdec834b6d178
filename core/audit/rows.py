"""Rows of `audit_records`: made from entries, and read again as they were."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from core.audit.digests import content_of, digest_of_record
from core.audit.entries import Digits, Entry, digits
from core.db.sealing import Sealer
from core.ids import Ids

SALT = 16

CustomerRow: TypeAlias = tuple[Digits, Digits, Digits]
"""Of `audited_customers`: its key, that of the record, that of the customer."""


def new_salt() -> bytes:
    """As random as the machine can."""
    return secrets.token_bytes(SALT)


def row_of(sealer: Sealer, key: UUID, entry: Entry, department: UUID | None = None) -> dict[str, Any]:
    """The row of an entry, in no chain yet."""
    salt = entry.salt or new_salt()
    row = {
        "id": key,
        "at": entry.at,
        "kind": entry.kind,
        "employee_id": entry.employee,
        "department_id": department,
        "subject": entry.subject,
        "role": entry.role,
        "operation": entry.operation,
        "purpose": entry.purpose,
        "emergency_id": entry.emergency,
        "about": entry.about,
        "row_id": entry.row_id,
        "fields": list(entry.fields),
        "customer_count": len(entry.customers),
        "calls": entry.calls,
        "before": entry.before,
        "after": entry.after,
        "salt": salt,
        "content": content_of(sealer, salt, entry.fields, entry.customers, (entry.before, entry.after)),
        "chain_id": None,
        "number": None,
        "link": None,
    }
    row["digest"] = digest_of_record(sealer, row)
    return row


def customer_rows(ids: Ids, named: Mapping[UUID, Collection[Digits]]) -> Iterator[CustomerRow]:
    """The rows of the customers of records, by their keys; made one by one, for they may be very many.

    In the order of customers: so they come into the index a quarter faster.
    """
    for key, customers in named.items():
        record = digits(key)
        yield from ((digits(ids.new()), record, one) for one in sorted(customers))


class Reading:
    """Reads rows of all columns of a table as a driver gives them: by column, as SQLAlchemy would."""

    def __init__(self, table: sa.Table, dialect: Dialect) -> None:
        """`dialect`: of the database whose driver it is."""
        self._columns = [
            (c.name, c.type.dialect_impl(dialect).result_processor(dialect, None)) for c in table.c
        ]

    def __call__(self, row: Sequence[Any]) -> dict[str, Any]:
        """One row."""
        return {
            name: value if process is None or value is None else process(value)
            for (name, process), value in zip(self._columns, row, strict=True)
        }
