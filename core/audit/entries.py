"""What is recorded, and how its values are kept: plain, or as salted digests where they are sensitive."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from core.access.purposes import Purpose
from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.db.model import Model, sealed_fields
from core.db.sealing import Sealer
from core.db.sensitivity import UNRECORDED
from core.db.types import utc_text

Values = Mapping[str, Any]
"""Values by field, as JSON can hold them."""
Digits: TypeAlias = bytes
"""A key as answers are marked with it, 32 hexadecimal digits: customers come by the ten thousand."""
PLAIN = frozenset({str, int, bool, float, type(None)})


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was read or done. `before` and `after` are in the form in which they are kept."""

    at: dt.datetime
    kind: AuditKind
    employee: UUID | None
    subject: str | None
    role: str | None = None
    operation: str | None = None
    purpose: Purpose | None = None
    emergency: UUID | None = None
    about: str | None = None
    row_id: UUID | None = None
    fields: Collection[str] = ()
    customers: Collection[Digits] = ()
    before: Values | None = None
    after: Values | None = None
    calls: int = 1
    salt: bytes | None = None
    """Salt of the digests in `before` and `after`; a fresh one where there are none."""


def digits(key: UUID) -> Digits:
    """Those of a key."""
    return key.hex.encode()


def entry_of(viewer: Viewer, at: dt.datetime, kind: AuditKind, **more: Any) -> Entry:
    """An entry about what this caller did."""
    return Entry(
        at,
        kind,
        viewer.employee,
        viewer.subject,
        role_of(viewer),
        purpose=viewer.purpose,
        emergency=viewer.emergency,
        **more,
    )


def role_of(viewer: Viewer) -> str | None:
    """The role that the caller acts in; None for the operator and for workers."""
    return "+".join(viewer.roles) or None


def plain(value: Any) -> Any:  # noqa: PLR0911  # as many sorts
    """A value as JSON holds it: keys and bytes in hex, members by name, times in UTC."""
    if value.__class__ in PLAIN:
        return value
    match value:
        case UUID():
            return value.hex
        case bytes():
            return value.hex()
        case enum.Enum():
            return value.name
        case dt.datetime():
            return utc_text(value)
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted(plain(one) for one in value)
        case _:
            return value


def kept(sealer: Sealer, salt: bytes, model: type[Model] | None, values: Values | None) -> Values | None:
    """Values by attribute of a model as a record keeps them; what is no column of it is kept as it is."""
    if values is None:
        return None
    hidden = sensitive(model) if model is not None else frozenset()
    return {
        name: digest_of(sealer, salt, name, value) if name in hidden and value is not None else plain(value)
        for name, value in values.items()
    }


def digest_of(sealer: Sealer, salt: bytes, name: str, value: Any) -> str:
    """The salted digest of a sensitive value."""
    said = orjson.dumps([name, plain(value)], option=orjson.OPT_SORT_KEYS)
    return sealer.digest("audit value", salt + said).hex()


@cache
def sensitive(model: type[Model]) -> frozenset[str]:
    """The columns and sealed fields of a model whose values no record holds."""
    sealed = {
        name for name, field in sealed_fields(model).items() if field.sensitivity.name not in UNRECORDED
    }
    columns = model.__table__.c
    return frozenset(sealed | {c.name for c in columns if c.info["class"].name not in UNRECORDED})
