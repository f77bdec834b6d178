"""What PostgreSQL says in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg
from sqlalchemy.sql.expression import ColumnElement

from core.db.expressions import ListOf
from core.db.search.text import grams
from core.money import THREE_DECIMALS, ZERO_DECIMALS
from schema.compiler.dialect.base import RANK_DIGITS, Dialect, Sought
from schema.compiler.elements import Literal
from schema.compiler.tree import Condition


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

    def decimal(self, minor: ColumnElement[Any], currency: ColumnElement[Any]) -> ColumnElement[Any]:
        """The amount as text: NUMERIC keeps the decimals that it is multiplied by."""

        def times(unit: str) -> ColumnElement[Any]:
            return sa.cast(minor.op("*")(sa.literal_column(unit)), sa.Text)

        few, many = ([Literal(c) for c in codes] for codes in (ZERO_DECIMALS, THREE_DECIMALS))
        unusual = sa.case((currency.in_(few), sa.cast(minor, sa.Text)), else_=times("0.001"))
        return sa.case((currency.in_([*few, *many]), unusual), else_=times("0.01"))

    def octets(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """convert_to()."""
        return sa.func.convert_to(text, Literal("UTF8"))

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
        return sa.func.strpos(sa.func.search_fold(value), part) > sa.literal_column("0")

    def likely(self, column: str, sought: Sought) -> Condition:
        """All letters and neighbours are there: GIN."""
        wanted = sa.cast(sought(ListOf(sa.Text()), grams), ARRAY(sa.Text()))
        return lambda source: sa.func.search_grams(sa.func.search_fold(source.c[column])).bool_op("@>")(
            wanted
        )

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
