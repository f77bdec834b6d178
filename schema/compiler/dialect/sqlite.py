"""What SQLite says in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ColumnElement

from core.clock import offsets
from core.db.search.tables import pieces_of
from core.db.search.text import piece_range
from core.db.types import Text
from schema.compiler.dialect.base import RANK_DIGITS, Dialect, Sought
from schema.compiler.elements import Concat, Literal
from schema.compiler.tree import Condition

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

    def octets(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """A cast."""
        return sa.cast(text, sa.LargeBinary)

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
        return sa.func.instr(sa.func.search_fold(value), part) > sa.literal_column("0")

    def likely(self, column: str, sought: Sought) -> Condition:
        """A piece of it begins like the text."""
        low = sought(Text, lambda folded: piece_range(folded)[0])
        high = sought(Text, lambda folded: piece_range(folded)[1])

        def condition(source: Any) -> ColumnElement[bool]:
            pieces = pieces_of(source.element.name, column).alias()
            found = sa.select(pieces.c.owner).where(pieces.c.piece.between(low, high))
            return source.c.id.in_(found)  # type: ignore[no-any-return]

        return condition

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
