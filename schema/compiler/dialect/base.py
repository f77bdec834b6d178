"""What the databases say alike, and what each has to say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from core.db.statements import Rendered, render
from core.money import THREE_DECIMALS, ZERO_DECIMALS
from schema.compiler.elements import Concat, Literal
from schema.compiler.tree import Condition

RANK_DIGITS = 9

Sought: TypeAlias = Callable[[sa.types.TypeEngine[Any], Callable[[str], Any]], sa.BindParameter[Any]]


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
        """JSON text of a global id, of the key's text."""
        return Concat([f'"{prefix}_', key, '"'])

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

    @abstractmethod
    def octets(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """A text as the bytes of its UTF-8: the answer leaves as it came, the driver need not decode it."""

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
        return render(statement, self.core)

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
        """Whatever the case and width; `part` is folded (see `core.db.search`)."""

    @abstractmethod
    def likely(self, column: str, sought: Sought) -> Condition:
        """Rows that may contain a text, by the index of a searched column: every one that does, and others.

        `sought` makes a parameter of a type from the folded text.
        """

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
