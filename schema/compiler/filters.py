"""`where`: conditions over a row source.

Two-valued: at every `not` stands IS NOT TRUE, so nulls need no special case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from core.db.expressions import Among
from core.db.search.text import fold
from core.db.types import Text
from core.errors import BadUserInput, Forbidden
from core.text import Text as Words
from schema.compiler.parameters import checked_text
from schema.compiler.tree import Condition, Row, Source
from schema.compiler.values import NULL, Leaf
from schema.vocabulary.targets import (
    VALUES,
    Expression,
    MoneyColumns,
    Namespace,
    NodeId,
    Sealed,
    Stored,
    ToMany,
    ToOne,
)

if TYPE_CHECKING:
    from schema.compiler.select import Selector

NULL_CONDITION = Words(
    "a condition can't be null; leave it out, or use `isNull`", "条件不能为 null；请省略，或使用 `isNull`"
)
ONE: sa.ColumnElement[int] = sa.literal_column("1")


def reader(target: Any) -> Any:
    """From a source to the column or expression that a field is filtered and sorted by."""
    if isinstance(target, Expression):
        return target.build
    name = column_of(target)
    return lambda source: source.c[name]


def column_of(target: Stored | NodeId | MoneyColumns | Sealed) -> str:
    """The column that a field is compared by."""
    if isinstance(target, MoneyColumns):
        return target.minor
    return f"{target.field.name}_index" if isinstance(target, Sealed) else target.column


class Filters:
    """Reads `where` inputs of one compilation."""

    def __init__(self, selector: Selector) -> None:
        """Refusals and parameters go to the selector."""
        self._s = selector

    def where(self, row: Row, given: dict[str, Any], place: str) -> Condition:
        """All conditions of one input object."""
        found = [self._one(row, name, value, f"{place}.{name}") for name, value in given.items()]
        parts = [condition for condition in found if condition is not None]
        return lambda source: sa.and_(sa.true(), *(part(source) for part in parts))

    def _one(self, row: Row, name: str, value: Any, place: str) -> Condition | None:
        if value is NULL:
            self._s.refuse(BadUserInput(place, NULL_CONDITION))
            return None
        if name in ("and", "or"):
            subs = [self.where(row, x, f"{place}[{i}]") for i, x in enumerate(value)]
            if name == "and":
                return lambda source: sa.and_(sa.true(), *(sub(source) for sub in subs))
            return lambda source: sa.or_(sa.false(), *(sub(source) for sub in subs))
        if name == "not":
            return negated(self.where(row, value, place))
        target = self._s.schema.declared(row.type_name)[name]
        if isinstance(target, VALUES):
            return self._value(row, name, target, value, place)
        if isinstance(target, Namespace):
            inner = self._s.schema.type_behind(row.type_name, name)
            space = Row(inner, row.anchor, row.table, row.reach, used=row.used)
            return self.where(space, value, place)
        if isinstance(target, ToOne):
            self._must_be_shown(row, name, place)
            return self._exists(row, target.model.__name__, target, value, place)
        assert isinstance(target, ToMany)  # noqa: S101 (the input type has no other fields)
        return self._related(row, target, value, place)

    def _must_be_shown(self, row: Row, name: str, place: str) -> None:
        if not self._s.plan.shown_everywhere(row.type_name, name, row.reach):
            self._s.refuse(Forbidden(place))
        self._s.readings.used(row, row.type_name, name)

    def _value(self, row: Row, name: str, target: Any, value: dict[str, Any], place: str) -> Condition:
        self._must_be_shown(row, name, place)
        parts: list[Condition] = []
        for operator, x in value.items():
            here = f"{place}.{operator}"
            if x is NULL:
                self._s.refuse(BadUserInput(here, NULL_CONDITION))
            else:
                parts.append(self._operator(row, target, operator, x, here))
        return lambda source: sa.and_(sa.true(), *(part(source) for part in parts))

    def _operator(self, row: Row, target: Any, operator: str, x: Any, place: str) -> Condition:
        read, parameters, dialect = reader(target), self._s.parameters, self._s.dialect
        if operator == "isNull":
            wanted = parameters.add(sa.Boolean(), x.get)
            return lambda source: read(source).is_(None) == wanted
        if isinstance(target, MoneyColumns):
            minor, currency = parameters.amount(x, place)
            return lambda source: sa.and_(
                source.c[target.currency] == currency, compare(dialect, operator, read(source), minor)
            )
        if operator == "contains":
            return self._contains(row, target, x, place)
        prefix = target.prefix if isinstance(target, NodeId) else ""
        given = parameters.value(target, prefix, x, place, many=operator == "in")
        return lambda source: compare(dialect, operator, read(source), given)

    def _contains(self, row: Row, target: Stored | Expression, x: Leaf, place: str) -> Condition:
        """By the index where the column has one; each row that it gives is checked all the same."""
        read, dialect = reader(target), self._s.dialect

        def sought(kind: sa.types.TypeEngine[Any], make: Callable[[str], Any]) -> sa.BindParameter[Any]:
            return self._s.parameters.add(kind, lambda vs: make(fold(checked_text(x.get(vs), place))))

        if x.sample == "":
            return lambda source: read(source).is_not(None)
        part = sought(Text, str)
        if not isinstance(target, Stored) or not row.table.c[target.column].info.get("search"):
            return lambda source: dialect.contains(read(source), part)
        likely = dialect.likely(target.column, sought)
        return lambda source: sa.and_(likely(source), dialect.contains(read(source), part))

    def _related(self, row: Row, target: ToMany, value: dict[str, Any], place: str) -> Condition:
        parts: list[Condition] = []
        for quantifier, x in value.items():
            here = f"{place}.{quantifier}"
            if x is NULL:
                self._s.refuse(BadUserInput(here, NULL_CONDITION))
                continue
            found = self._exists(row, target.type_name, target, x, here, negate=quantifier == "every")
            parts.append(found if quantifier == "some" else negated(found))
        return lambda source: sa.and_(sa.true(), *(part(source) for part in parts))

    def _exists(
        self,
        row: Row,
        type_name: str,
        target: ToOne | ToMany,
        value: Any,
        place: str,
        *,
        negate: bool = False,
    ) -> Condition:
        """A visible related row meets (or, negated, does not meet) the conditions."""
        possible, reach = self._s.step(type_name, target, row.reach)
        table = target.model.__table__
        other_row = Row(type_name, type_name, table, reach)
        inner = self.where(other_row, value, place)
        row.used.update(other_row.used)
        meets = negated(inner) if negate else inner
        keep = self._s.keep(type_name, possible, reach)

        def exists(source: Source) -> sa.ColumnElement[bool]:
            other = table.alias()
            link = other.c[target.remote] == source.c[target.local]  # type: ignore[index]
            conditions = [link, meets(other), *([keep(other)] if keep else [])]
            return sa.exists(sa.select(ONE).select_from(other).where(*conditions))

        return exists


def negated(condition: Condition) -> Condition:
    """IS NOT TRUE: unknown counts as false."""
    return lambda source: sa.and_(sa.true(), condition(source)).self_group().is_not(sa.true())


def compare(dialect: Any, operator: str, left: Any, right: Any) -> sa.ColumnElement[bool]:
    """One operator."""
    if operator == "in":
        return Among(left, right)
    if operator == "startsWith":
        return dialect.starts_with(left, right)  # type: ignore[no-any-return]
    return COMPARE[operator](left, right)  # type: ignore[no-any-return]


COMPARE: dict[str, Any] = {
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
