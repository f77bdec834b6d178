"""What a mutation was given: its values, and the key by which the ledger enters it once."""

from __future__ import annotations

import hashlib
from typing import Any

import strawberry

from schema.plugin import Call, Model, values_of


def said_of(model: type[Model], given: Any) -> dict[str, Any]:
    """Column to value. Null for a column that has to have a value says as much as leaving it out."""
    columns = model.__table__.c
    return {
        name: value for name, value in values_of(given).items() if value is not None or columns[name].nullable
    }


def ledger_key(call: Call, given: Any) -> str:
    """From the caller and the key that was given, so that two callers' keys never meet; else a fresh one.

    An idempotency key holds in the ledger too, long after the core has forgotten it.
    """
    key = given.idempotency_key
    if key is None or key is strawberry.UNSET:
        return call.work.ids.new().hex
    return hashlib.sha256(f"{call.viewer.subject}\n{key}".encode()).hexdigest()
