"""Column types that hold the same values, sorted the same way, on PostgreSQL and on SQLite."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from core.clock import UTC

Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""Text that sorts by code point."""

Key = sa.Uuid
"""A UUID key: native on PostgreSQL, 32 hex digits on SQLite; both sort alike."""


class UtcTime(sa.types.TypeDecorator[dt.datetime]):
    """An instant.

    `timestamptz` on PostgreSQL; on SQLite text of fixed width without zone, so that text order is time order.
    """

    impl, cache_ok = sa.String(26), True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type where the database has one."""
        return dialect.type_descriptor(
            sa.TIMESTAMP(timezone=True) if dialect.name == "postgresql" else sa.String(26)
        )

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Aware time in; refuses a naive one, which is a defect."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone must not reach the database"
            raise ValueError(message)
        return value if dialect.name == "postgresql" else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Aware time in UTC out."""
        if value is None or dialect.name == "postgresql":
            return value  # type: ignore[no-any-return]
        return dt.datetime.fromisoformat(value).replace(tzinfo=UTC)


def utc_text(value: dt.datetime) -> str:
    """The one text form of an instant in SQLite: 26 characters, UTC, no zone."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


class Choice(sa.types.TypeDecorator[enum.Enum]):
    """A Python enum, stored as its member's name, which is also its GraphQL name."""

    impl, cache_ok = sa.String(40), True

    def __init__(self, enum_class: type[enum.Enum]) -> None:
        """Values are members of `enum_class`."""
        super().__init__()
        self.enum_class = enum_class

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text by code point."""
        return dialect.type_descriptor(
            sa.String(40, collation="C") if dialect.name == "postgresql" else sa.String(40)
        )

    def process_bind_param(self, value: enum.Enum | None, _dialect: Dialect) -> str | None:
        """Member to name."""
        return None if value is None else self.enum_class[value.name].name

    def process_result_value(self, value: str | None, _dialect: Dialect) -> enum.Enum | None:
        """Name to member."""
        return None if value is None else self.enum_class[value]


class Json(sa.types.TypeDecorator[Any]):
    """JSON as canonical text (sorted keys, no spaces).

    The same bytes on both databases, and out to the client untouched.
    """

    impl, cache_ok = sa.Text(), True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Value to canonical text."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Text to value."""
        return None if value is None else orjson.loads(value)


class Ciphertext(sa.types.TypeDecorator[bytes]):
    """AES-GCM ciphertext with its header; see `core.db.sealing`."""

    impl, cache_ok = sa.LargeBinary(), True


KINDS: tuple[tuple[type, str], ...] = (
    (UtcTime, "time"),
    (Choice, "choice"),
    (Json, "json"),
    (Ciphertext, "cipher"),
    (sa.Uuid, "key"),
    (sa.BigInteger, "long"),
    (sa.Integer, "int"),
    (sa.Boolean, "bool"),
    (sa.Date, "day"),
    (sa.String, "text"),
    (sa.LargeBinary, "bytes"),
)


def kind_of(column_type: TypeEngine[Any]) -> str:
    """What sort of value a column holds, as the compiler and the filters name it: a name in `KINDS`."""
    return next(kind for known, kind in KINDS if isinstance(column_type, known))


def uuid_text(value: UUID) -> str:
    """The form of a key inside SQLite."""
    return value.hex
