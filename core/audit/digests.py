"""Digests that bind records: of a record's content, of the record, and of its place in a chain.

All are keyed (HMAC-SHA-256), so whoever can write tables but has no key can't make one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from binascii import unhexlify
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

import orjson

from core.audit.entries import Digits
from core.db.sealing import Sealer
from core.db.types import utc_text

SOME = 1_000
BOUND = (
    "id",
    "at",
    "kind",
    "employee_id",
    "department_id",
    "subject",
    "role",
    "operation",
    "purpose",
    "emergency_id",
    "about",
    "row_id",
    "customer_count",
    "calls",
    "content",
)
"""The columns that a record's digest covers: all that stay when its content is erased."""


def content_of(
    sealer: Sealer,
    salt: bytes,
    fields: Iterable[str] | None,
    customers: Iterable[Digits],
    changes: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
) -> bytes:
    """Salted digest of what can be erased. `changes`: before and after, as they are kept."""
    before, after = changes
    named, left = hashlib.sha256(), iter(sorted(customers))
    while some := b"".join(islice(left, SOME)):  # there may be hundreds of thousands
        named.update(unhexlify(some))
    said = {
        "fields": None if fields is None else list(fields),
        "customers": named.hexdigest(),
        "before": before,
        "after": after,
    }
    return sealer.digest("audit content", salt + orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def digest_of_record(sealer: Sealer, row: Mapping[str, Any]) -> bytes:
    """Digest of a row of `audit_records`, by column, without its content and its place."""
    return sealer.digest("audit record", orjson.dumps([_text(row[name]) for name in BOUND]))


def _text(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return utc_text(value)
    if isinstance(value, bytes):
        return value.hex()
    return getattr(value, "name", value)


def first_link(sealer: Sealer, chain: UUID, started_at: dt.datetime) -> bytes:
    """What a chain begins with."""
    return sealer.digest("audit chain", chain.bytes + utc_text(started_at).encode())


def next_link(sealer: Sealer, link: bytes, number: int, digest: bytes) -> bytes:
    """The link of a record to the one before it."""
    return sealer.digest("audit link", link + number.to_bytes(8) + digest)
