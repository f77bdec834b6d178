"""What the two databases say differently, in one place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.expression import ColumnElement

from core.clock import offsets
from core.db.expressions import bind_processor
from core.money import THREE_DECIMALS, ZERO_DECIMALS
from schema.compiler.elements import Concat, Literal

RANK_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Rendered:
    """SQL text, its parameters' names in order, and for each the function that makes the driver's value."""

    sql: str
    order: Sequence[str]
    processors: Mapping[str, Any]
    constants: Mapping[str, Any]


class Dialect(ABC):
    """What both say alike; the subclasses fill in the rest."""

    lateral: ClassVar[bool]
    """Whether lists are read as sets per level (LATERAL, MATERIALIZED), not as correlated subqueries."""
    core: ClassVar[sa.Dialect]

    def json(self, kind: str, value: ColumnElement[Any], *, nullable: bool) -> ColumnElement[Any]:
        """Canonical JSON text of a value: the same bytes on both databases."""
        text = self.text_of(kind, value)
        return sa.func.coalesce(text, Literal("null")) if nullable else text

    def text_of(self, kind: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """As `json`, null for null."""
        if kind in ("int", "long"):
            return sa.cast(value, sa.Text)
        if kind == "choice":
            return Concat(['"', value, '"'])  # names of enum members need no escapes
        if kind == "json":
            return value
        if kind == "key":
            return Concat(['"', self.key_text(value), '"'])
        return self._text_of(kind, value)

    def global_id(self, prefix: str, key: ColumnElement[Any]) -> ColumnElement[Any]:
        """JSON text of a global id."""
        return Concat([f'"{prefix}_', self.key_text(key), '"'])

    def decimal(self, minor: ColumnElement[Any], currency: ColumnElement[Any]) -> ColumnElement[Any]:
        """The amount in the main unit as text: `-29.33`."""
        size = sa.func.abs(minor, type_=sa.BigInteger)

        def places(count: int) -> ColumnElement[Any]:
            unit: ColumnElement[int] = sa.literal_column(str(10**count))
            return Concat([sa.cast(size // unit, sa.Text), ".", self.pad(size % unit, count)])

        sign = sa.case((minor < sa.literal_column("0"), Literal("-")), else_=Literal(""))
        whole = sa.cast(size, sa.Text)
        few, many = ([Literal(c) for c in codes] for codes in (ZERO_DECIMALS, THREE_DECIMALS))
        return Concat(
            [sign, sa.case((currency.in_(few), whole), (currency.in_(many), places(3)), else_=places(2))]
        )

    def average(
        self, total: ColumnElement[Any], count: ColumnElement[Any], digits: int
    ) -> ColumnElement[Any]:
        """Total / count as decimal text, rounded half up in its size; null where count is 0."""
        unit, two, none = (sa.literal_column(str(n), sa.BigInteger) for n in (10**digits, 2, 0))
        rows, size = sa.func.nullif(count, none, type_=sa.BigInteger), sa.func.abs(total, type_=sa.BigInteger)
        part = (size % rows * unit * two + rows) // (rows * two)
        sign = sa.case((sa.and_(total < none, size // rows + part > none), Literal("-")), else_=Literal(""))
        whole = sa.cast(size // rows + part // unit, sa.Text)
        return Concat([sign, whole, ".", self.pad(part % unit, digits)])

    @staticmethod
    def rounded(total: ColumnElement[Any], count: ColumnElement[Any]) -> ColumnElement[Any]:
        """Total / count as a whole number, rounded half up in its size; null where count is 0."""
        two, none = (sa.literal_column(str(n), sa.BigInteger) for n in (2, 0))
        rows = sa.func.nullif(count, none, type_=sa.BigInteger)
        size = (sa.func.abs(total, type_=sa.BigInteger) * two + rows) // (rows * two)
        return sa.case((total < none, -size), else_=size)

    @abstractmethod
    def period(self, value: ColumnElement[Any], kind: str, period: str, zone: ZoneInfo) -> ColumnElement[Any]:
        """The first day (YYYY-MM-DD) of the day, week, month, quarter or year in which a time or day lies."""

    def render(self, statement: Any) -> Rendered:
        """Render once; values are bound later."""
        made = statement.compile(dialect=self.core)
        processors = {name: bind_processor(bind.type, self.core) for bind, name in made.bind_names.items()}
        return Rendered(made.string, list(made.positiontup), processors, made.params)

    @abstractmethod
    def _text_of(self, kind: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """As `text_of`, of the kinds that the databases write differently."""

    @abstractmethod
    def key_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The 32 hex digits of a key."""

    @abstractmethod
    def hex_of_bytes(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Lower-case hex of bytes; null for null."""

    @abstractmethod
    def hex_of_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Lower-case hex of a text's UTF-8."""

    @abstractmethod
    def contains(self, value: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """Letter by letter."""

    def starts_with(self, value: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """Letter by letter."""
        return sa.func.substr(value, sa.literal_column("1"), sa.func.length(part)) == part

    @abstractmethod
    def pad(self, value: ColumnElement[Any], digits: int = RANK_DIGITS) -> ColumnElement[Any]:
        """A whole number with leading zeros."""

    @abstractmethod
    def elements(
        self, lists: Sequence[Any], name: str
    ) -> tuple[Any, list[ColumnElement[Any]], ColumnElement[Any]]:
        """Lists of equal length side by side: the source, a column of keys for each, and the position."""


class Postgres(Dialect):
    """PostgreSQL through asyncpg."""

    lateral = True
    core = asyncpg.dialect()  # type: ignore[no-untyped-call]

    def _text_of(self, kind: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        if kind == "bool":
            return sa.cast(value, sa.Text)
        return sa.cast(
            sa.func.to_json(value), sa.Text
        )  # text, day, time (the session's zone is UTC: …+00:00)

    def key_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A uuid without its dashes."""
        return sa.func.encode(sa.func.uuid_send(value), Literal("hex"))

    def hex_of_bytes(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """encode()."""
        return sa.func.encode(value, Literal("hex"))

    def hex_of_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """encode(convert_to())."""
        return sa.func.encode(sa.func.convert_to(value, Literal("UTF8")), Literal("hex"))

    def contains(self, value: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """strpos()."""
        return sa.func.strpos(value, part) > sa.literal_column("0")

    def pad(self, value: ColumnElement[Any], digits: int = RANK_DIGITS) -> ColumnElement[Any]:
        """lpad()."""
        return sa.func.lpad(sa.cast(value, sa.Text), sa.literal_column(str(digits)), Literal("0"))

    def elements(
        self, lists: Sequence[Any], name: str
    ) -> tuple[Any, list[ColumnElement[Any]], ColumnElement[Any]]:
        """unnest() WITH ORDINALITY."""
        columns = [sa.column(f"k{i}", sa.Uuid()) for i in range(len(lists))]
        source = (
            sa.func.unnest(*lists)
            .table_valued(*columns, with_ordinality="position", name=name)
            .render_derived()
        )
        return source, [source.c[c.name] for c in columns], source.c.position

    def period(self, value: ColumnElement[Any], kind: str, period: str, zone: ZoneInfo) -> ColumnElement[Any]:
        """date_trunc() at the zone's local time."""
        local = sa.func.timezone(Literal(zone.key), value) if kind == "time" else sa.cast(value, sa.TIMESTAMP)
        return sa.func.to_char(sa.func.date_trunc(Literal(period.lower()), local), Literal("YYYY-MM-DD"))


STEPS = {
    "DAY": (),
    "WEEK": ("-6 days", "weekday 1"),
    "MONTH": ("start of month",),
    "YEAR": ("start of year",),
}


class Sqlite(Dialect):
    """SQLite 3.40 and later."""

    lateral = False
    core = sqlite.dialect()

    def _text_of(self, kind: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        if kind == "bool":
            return sa.case((value.is_(None), sa.null()), (value, Literal("true")), else_=Literal("false"))
        if kind == "time":
            trimmed = sa.func.rtrim(sa.func.rtrim(value, Literal("0")), Literal("."))
            return Concat(['"', trimmed, '+00:00"'])
        return sa.case(
            (value.is_(None), sa.null()), else_=sa.func.json_quote(value)
        )  # json_quote(NULL) is 'null'

    def key_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Stored so."""
        return value

    def hex_of_bytes(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """hex(NULL) is '' here."""
        return sa.func.nullif(sa.func.lower(sa.func.hex(value)), Literal(""))

    def hex_of_text(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """hex()."""
        return sa.func.lower(sa.func.hex(value))

    def contains(self, value: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[bool]:
        """instr()."""
        return sa.func.instr(value, part) > sa.literal_column("0")

    def pad(self, value: ColumnElement[Any], digits: int = RANK_DIGITS) -> ColumnElement[Any]:
        """printf()."""
        return sa.func.printf(Literal(f"%0{digits}d"), value)

    def period(self, value: ColumnElement[Any], kind: str, period: str, zone: ZoneInfo) -> ColumnElement[Any]:
        """date() with modifiers; the week begins on Monday (ISO 8601)."""
        local = _local(value, zone) if kind == "time" else value
        if period == "QUARTER":
            month = sa.cast(sa.func.strftime(Literal("%m"), local), sa.Integer)
            over = (month - sa.literal_column("1")) % sa.literal_column("3")
            back = sa.func.printf(Literal("-%d months"), over)
            return sa.func.date(local, Literal("start of month"), back)
        return sa.func.date(local, *(Literal(step) for step in STEPS[period]))

    def elements(
        self, lists: Sequence[Any], name: str
    ) -> tuple[Any, list[ColumnElement[Any]], ColumnElement[Any]]:
        """json_each(), joined by position."""
        each = [
            sa.func.json_each(one).table_valued("key", "value", name=f"{name}_{i}")
            for i, one in enumerate(lists)
        ]
        source: Any = each[0]
        for other in each[1:]:
            source = source.join(other, other.c.key == each[0].c.key)
        return source, [e.c.value for e in each], each[0].c.key


def _local(value: ColumnElement[Any], zone: ZoneInfo) -> ColumnElement[Any]:
    """The zone's local time. SQLite knows no zones: offsets and when they began are constants."""
    changes = offsets(zone)
    first = Literal(f"{changes[0][1]:+d} seconds")
    whens = [(value >= Literal(start), Literal(f"{seconds:+d} seconds")) for start, seconds in changes[:0:-1]]
    return sa.func.datetime(value, sa.case(*whens, else_=first) if whens else first)


def dialect_of(name: str) -> Dialect:
    """By SQLAlchemy's name."""
    return Sqlite() if name == "sqlite" else Postgres()
