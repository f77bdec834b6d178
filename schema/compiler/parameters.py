"""Bound parameters: every value of a caller, checked, and never SQL text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db.database import Database
from core.db.expressions import ListOf
from core.db.types import Key, Text, UtcTime
from core.errors import BadUserInput, InvalidInput
from core.ids import key_of
from core.money import Money
from core.text import Text as Words
from schema.compiler.values import Getter, Leaf, Variables
from schema.vocabulary.asked import Asked
from schema.vocabulary.targets import Sealed

NUL = Words("text can't hold the character U+0000", "文本不能包含字符 U+0000")
TOO_MANY = Words("at most {most} values", "最多 {most} 个值")
MOST_VALUES = 1000

TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": Text,
    "int": sa.Integer(),
    "long": sa.BigInteger(),
    "bool": sa.Boolean(),
    "day": sa.Date(),
    "time": UtcTime(),
    "id": Key(),
    "key": Key(),
    "money": sa.BigInteger(),
    "sealed": sa.LargeBinary(),
}


class Parameters:
    """The parameters of one statement: name to the function that finds and checks the value."""

    def __init__(self, database: Database) -> None:
        """`database`: for the blind index of what a sealed field is compared with, time, and services."""
        self._database = database
        self.getters: dict[str, Getter] = {}

    def add(self, kind: sa.types.TypeEngine[Any], get: Getter) -> sa.BindParameter[Any]:
        """A parameter whose value `get` finds in the variables, checked."""
        name = f"p{len(self.getters)}"
        self.getters[name] = get
        return sa.bindparam(name, type_=kind)

    def getter(self, name: str, constant: Any) -> Getter | None:
        """What finds the value of a parameter when the statement is run; None for a constant."""
        if isinstance(constant, Asked):
            database = self._database
            return lambda _: constant.find(database.clock.now(), database.services)
        return self.getters.get(name)

    def value(
        self, target: Any, prefix: str, leaf: Leaf, place: str, *, many: bool = False
    ) -> sa.BindParameter[Any]:
        """A parameter to compare a field with; `many` for `in`."""
        kind = target.type if hasattr(target, "type") else TYPES[target.kind]
        convert = self._converter(target, prefix, place)
        if not many:
            return self.add(kind, lambda vs: convert(leaf.get(vs)))

        def all_of(vs: Variables) -> list[Any]:
            values = leaf.get(vs)
            if len(values) > MOST_VALUES:
                raise BadUserInput(place, TOO_MANY, most=MOST_VALUES)
            return [convert(v) for v in values]

        return self.add(ListOf(kind), all_of)

    def _converter(self, target: Any, prefix: str, place: str) -> Callable[[Any], Any]:
        if target.kind == "id":
            return lambda value: key_of(value, prefix, place)
        if isinstance(target, Sealed):
            return lambda value: self._blind(target, value, place)
        if target.kind == "text":
            return lambda value: checked_text(value, place)
        return lambda value: value

    def _blind(self, target: Sealed, value: str, place: str) -> bytes:
        checked_text(value, place)
        try:
            return self._database.sealer.index(target.field, target.field.normal.normalize(value, place))
        except InvalidInput as error:
            raise BadUserInput(place, error.reason, **error.params) from None

    def amount(self, x: dict[str, Leaf], place: str) -> tuple[sa.BindParameter[Any], sa.BindParameter[Any]]:
        """(minor units, currency) of a MoneyInput."""

        def minor(vs: Variables) -> int:
            try:
                return Money.of(x["amount"].get(vs), x["currency"].get(vs), place).minor
            except InvalidInput as error:
                raise BadUserInput(error.field, error.reason, **error.params) from None

        return self.add(sa.BigInteger(), minor), self.add(Text, x["currency"].get)

    def keys(self, get: Callable[[Variables], list[UUID | None]]) -> sa.BindParameter[Any]:
        """A list of keys."""
        return self.add(ListOf(Key()), get)


def checked_text(value: str, place: str) -> str:
    """Text that every database can hold."""
    if "\0" in value:
        raise BadUserInput(place, NUL)
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise BadUserInput(place, Words("text must be valid Unicode", "文本必须是有效的 Unicode")) from None
    return value
