"""Cursors: hex of JSON `[signature, key values…]`. The signature binds a cursor to its type and order."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson

from core.errors import BadUserInput
from core.text import Text
from schema.compiler.tree import Key

NOT_A_CURSOR = Text(
    "not a cursor of this list in this order; pass back a cursor as it was given, with the same `orderBy`",
    "不是此列表当前排序的游标；请原样传回游标并保持相同的 `orderBy`",
)
MOST_CURSOR = 20_000


def signature(type_name: str, order: Sequence[tuple[str, bool]]) -> str:
    """Eight hex digits that stand for a type and an order."""
    text = type_name + "|" + ",".join(f"{name}{'-' if desc else '+'}" for name, desc in order)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def decode(text: Any, place: str) -> list[Any]:
    """`[signature, values…]`, whatever it is of; BAD_USER_INPUT for anything else."""
    try:
        if len(text) > MOST_CURSOR:
            raise ValueError  # noqa: TRY301
        read = orjson.loads(bytes.fromhex(text))
        if not isinstance(read, list) or not read or not isinstance(read[0], str):
            raise ValueError  # noqa: TRY301
    except (ValueError, TypeError):
        raise BadUserInput(place, NOT_A_CURSOR) from None
    return read


def nulls_in(text: Any) -> tuple[bool, ...]:
    """Which parts of a cursor are null; nothing for what is no cursor, which is refused where it is used."""
    try:
        return tuple(x is None for x in decode(text, ""))
    except BadUserInput:
        return ()


def values(text: Any, mine: str, keys: Sequence[Key], place: str) -> list[Any]:
    """The key values of a cursor of this order."""
    read = decode(text, place)
    if read[0] != mine or len(read) != len(keys) + 1:
        raise BadUserInput(place, NOT_A_CURSOR)
    try:
        return [_read(key, value) for key, value in zip(keys, read[1:], strict=True)]
    except (ValueError, TypeError, KeyError, OverflowError):
        raise BadUserInput(place, NOT_A_CURSOR) from None


def _read(key: Key, value: Any) -> Any:
    if value is None:
        if not key.nullable:
            raise ValueError
        return None
    return READ[key.kind](value, key)


def _of(*types: type) -> Callable[[Any, Key], Any]:
    def check(value: Any, _key: Key) -> Any:
        if type(value) not in types:
            raise ValueError
        return value

    return check


def _integer(bits: int) -> Callable[[Any, Key], int]:
    def check(value: Any, _key: Key) -> int:
        if type(value) is not int or not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise ValueError
        return value

    return check


def _time(value: Any, _key: Key) -> dt.datetime:
    time = dt.datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError
    return time.astimezone(dt.UTC)


def _text(value: Any, _key: Key) -> str:
    if type(value) is not str or "\0" in value:
        raise ValueError
    return value


READ: dict[str, Callable[[Any, Key], Any]] = {
    "int": _integer(32),
    "long": _integer(64),
    "text": _text,
    "bool": _of(bool),
    "time": _time,
    "day": lambda value, _key: dt.date.fromisoformat(value),
    "key": lambda value, _key: UUID(hex=_text(value, _key)),
    "choice": lambda value, key: key.type.enum_class[value],  # type: ignore[attr-defined]
}
