"""How the judge writes values, and reads them back from cursors."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any
from uuid import UUID


def written(value: Any) -> Any:
    """A stored value as JSON shows it; keys as in cursors."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        text = value.astimezone(dt.UTC).isoformat(timespec="microseconds")[:26]
        return text.rstrip("0").rstrip(".") + "+00:00"
    return value.isoformat() if isinstance(value, dt.date) else value


def written_money(minor: int | None, currency: str) -> Any:
    """An amount of money, all its fields."""
    if minor is None:
        return None
    places = {"JPY": 0, "KWD": 3}.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**places)
    amount = f"{'-' * (minor < 0)}{whole}" + (f".{rest:0{places}d}" if places else "")
    return {"amount": amount, "currency": currency, "minor": minor}


def _whole(bits: int) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        return value if -(2 ** (bits - 1)) <= value < 2 ** (bits - 1) else _refuse()

    return read


def _text(value: str) -> str:
    value.encode()
    return value if "\0" not in value else _refuse()


def _time(value: str) -> dt.datetime:
    time = dt.datetime.fromisoformat(value)
    return time.astimezone(dt.UTC) if time.tzinfo else _refuse()


def _refuse() -> Any:
    raise ValueError


KEYS: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "id": (str, lambda value: UUID(hex=value)),
    "text": (str, _text),
    "time": (str, _time),
    "day": (str, dt.date.fromisoformat),
    "bool": (bool, bool),
    "int": (int, _whole(32)),
    "long": (int, _whole(64)),
    "money": (int, _whole(64)),
}


def read_key(kind: str, value: Any) -> Any:
    """A value of a cursor; ValueError for one of another kind."""
    wanted, read = KEYS[kind]
    return read(value) if type(value) is wanted else _refuse()
