"""The ledger's own key: a mutation's idempotency key holds there too, long after that was forgotten."""

from __future__ import annotations

import hashlib
from typing import Any

import strawberry

from schema.plugin import Call


def ledger_key(call: Call, given: Any) -> str:
    """From the caller and the key that was given, so that two callers' keys never meet; else a fresh one."""
    key = given.idempotency_key
    if key is None or key is strawberry.UNSET:
        return call.work.ids.new().hex
    return hashlib.sha256(f"{call.viewer.subject}\n{key}".encode()).hexdigest()
