"""What an author of events declares: `Event`, and `Handler` for who acts upon them."""

from __future__ import annotations

import datetime as dt
import enum
import types
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from core.errors import ConfigurationError
from core.jobs.declare import Context, Payload
from core.jobs.names import checked, owner_of, place_of
from core.text import Text

PLAIN = (UUID, str, int, dt.datetime, dt.date, enum.Enum, type(None))
"""What a field of an event may be, alone, in a union or in a tuple."""
MOST = 1_000
LONGEST = 200
"""Characters of a word."""

NO_VERSION = Text("the version must be 1 or more", "版本须为 1 或更大")
NO_ABOUT = Text("say in a docstring what happened", "请以文档字符串说明发生了什么")
NOT_PLAIN = Text(
    "an event carries ids, numbers, words, days, times, enums, and tuples of these",
    "事件只可携带编号、数字、词、日期、时间、枚举及其元组",
)
TOO_LONG = Text(
    "a word of an event has at most {most} characters; carry the id of the row that holds the text",
    "事件中的词至多 {most} 个字符；请携带存有该文本的行的编号",
)
NO_BATCH = Text("a batch has from 1 to {most} events", "每批为 1 至 {most} 个事件")


class Event(BaseModel):
    """Something that happened: `class WishGranted(Event, name="wishes.granted", version=1)`.

    It carries ids and what follows from no customer: whoever acts upon it reads the rest, under its own plan.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    event_name: ClassVar[str]
    event_version: ClassVar[int]

    def __init_subclass__(cls, *, name: str = "", version: int = 1, **kw: Any) -> None:
        """Every event has a name, a version and a docstring; ConfigurationError otherwise."""
        super().__init_subclass__(**kw)
        cls.event_name, cls.event_version = checked(name, cls), version
        if version < 1:
            raise ConfigurationError(place_of(cls), NO_VERSION)
        if not vars(cls).get("__doc__"):
            raise ConfigurationError(place_of(cls), NO_ABOUT)

    @classmethod
    def __pydantic_init_subclass__(cls, **_kw: Any) -> None:
        """ConfigurationError for a field that may hold more than an event should tell."""
        for name, field in cls.model_fields.items():
            if not _plain(field.annotation):
                raise ConfigurationError(f"{place_of(cls)}.{name}", NOT_PLAIN)

    @field_validator("*", mode="before")
    @classmethod
    def _member(cls, value: Any, info: ValidationInfo) -> Any:
        """The member of an enum that a stored name means. ConfigurationError for a text, which is no word."""
        name = info.field_name or ""
        if _longest(value) > LONGEST:
            raise ConfigurationError(f"{place_of(cls)}.{name}", TOO_LONG, most=LONGEST)
        return _named(cls.model_fields[name].annotation, value)

    @property
    def stored(self) -> Payload:
        """What is stored: JSON, once times are text; the members of enums by their names."""
        return {name: _stored(value) for name, value in self}

    @classmethod
    def upgrade(cls, version: int, payload: Payload) -> Payload:  # noqa: ARG003  # for those that override it
        """The payload as this version has it, from that of an older one; as it is unless overridden."""
        return payload

    @classmethod
    def read(cls, version: int, payload: Payload) -> Self:
        """The event that was stored; pydantic's ValidationError where its payload is none of this event."""
        return cls.model_validate(payload if version == cls.event_version else cls.upgrade(version, payload))

    @classmethod
    def owner(cls) -> str:
        """The core, or a plugin's name."""
        return owner_of(cls.event_name, cls)


def _plain(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType, tuple):
        return all(one is ... or _plain(one) for one in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, PLAIN)


def _longest(value: Any) -> int:
    if isinstance(value, list | tuple):
        return max(map(_longest, value), default=0)
    return len(value) if isinstance(value, str) else 0


def _stored(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, UUID):  # a driver's own kind of one would be no JSON
        return str(value)
    return [_stored(one) for one in value] if isinstance(value, tuple) else value


def _named(annotation: Any, value: Any) -> Any:
    parts = get_args(annotation)
    if isinstance(value, list | tuple) and get_origin(annotation) is tuple:
        kinds = [parts[0]] * len(value) if parts[-1] is ... else parts
        return tuple(_named(kind, one) for kind, one in zip(kinds, value, strict=True))
    if isinstance(value, str):
        for kind in parts or (annotation,):
            if isinstance(kind, type) and issubclass(kind, enum.Enum) and value in kind.__members__:
                return kind[value]
    return value


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Handler(Generic[E]):
    """Who acts upon an event, soon after it, in a transaction of its own.

    `handle` gets up to `batch` events at once, mostly in the order in which they happened. Where it fails for
    some, it is told each of them again alone; the ones that fail even so are told again later, 12 times.
    """

    name: str
    event: type[E]
    handle: Callable[[Context, Sequence[E]], Awaitable[None]]
    batch: int = 100

    def __post_init__(self) -> None:
        """ConfigurationError for a name or a batch that can't be used."""
        checked(self.name, self.handle)
        if not 1 <= self.batch <= MOST:
            raise ConfigurationError(self.name, NO_BATCH, most=MOST)

    @property
    def owner(self) -> str:
        """The core, or a plugin's name."""
        return owner_of(self.name, self.handle)
