"""Events and handlers as authors declare them."""

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import ValidationError

from core.clock import UTC
from core.errors import ConfigurationError
from core.events.declare import Event, Handler
from core.events.registry import Events
from core.jobs.declare import Context, Job, Payload
from core.jobs.tasks import Jobs
from core.published import CORE_EVENTS
from core.text import Text
from tests.core.jobs.works import Granted, Wished

KEY = UUID("01936d5e-0000-7000-8000-000000000001")


class Size(enum.Enum):
    """As the core's enums: the value is a text."""

    SMALL = Text("small", "小")
    LARGE = Text("large", "大")


class Everything(Event, name="straw.everything", version=3):
    """All that an event may carry."""

    key: UUID
    at: dt.datetime
    day: dt.date
    size: Size
    sizes: tuple[Size, ...]
    pair: tuple[int, Size]
    other: Size | None = None
    words: tuple[str, ...] = ()


class Noted(Event, name="straw.noted", version=1):
    """It carries words."""

    note: str
    words: tuple[str, ...] = ()


async def nothing(_context: Context, _events: Sequence[Any]) -> None:
    """A handler."""


async def run(_context: Context, _payload: Payload) -> None:
    """A job."""


def test_what_is_stored_is_read_again() -> None:
    event = Everything(
        key=KEY,
        at=dt.datetime(2026, 11, 2, tzinfo=UTC),
        day=dt.date(2026, 11, 2),
        size=Size.LARGE,
        sizes=(Size.SMALL, Size.LARGE),
        pair=(1, Size.SMALL),
        other=Size.SMALL,
        words=("LARGE",),
    )
    stored = orjson.loads(orjson.dumps(event.stored))
    assert stored["sizes"] == ["SMALL", "LARGE"]
    assert Everything.read(3, stored) == event
    with pytest.raises(ValidationError):
        event.key = UUID(int=1)  # type: ignore[misc]


@pytest.mark.parametrize("field", ["note", "words"])
def test_a_word_is_short_and_the_error_repeats_nothing_of_it(field: str) -> None:
    short, long = "x" * 200, "王" * 201

    def made(text: str) -> Noted:
        return Noted(**{"note": "", field: text if field == "note" else (text,)})

    assert made(short).stored[field] in (short, [short])
    with pytest.raises(
        ConfigurationError, match=rf"Noted\.{field}: a word .* at most 200 characters"
    ) as caught:
        made(long)
    assert "王" not in caught.value.message("zh")
    with pytest.raises(ValidationError) as bad:
        Noted(note=b"\xff secret")
    assert "secret" not in str(bad.value)


def test_versions() -> None:
    assert Wished.read(2, {"number": 1}) == Wished.read(1, {"count": 1}) == Wished(number=1)
    assert Granted.read(1, {"number": 1, "more": "of a later release"}) == Granted(number=1)
    with pytest.raises(ValidationError):
        Granted.read(1, {})


def test_a_bad_declaration_is_an_error_at_once() -> None:
    for name in ("", "wished", "Straw.wished", "straw.", "straw..x", "straw.wished!", f"straw.{'x' * 100}"):
        with pytest.raises(ConfigurationError, match="lower-case words joined by dots"):
            type("Bad", (Event,), {"__doc__": "x", "__module__": "straw"}, name=name)
    with pytest.raises(ConfigurationError, match="docstring"):
        type("Bad", (Event,), {}, name="straw.bad")
    with pytest.raises(ConfigurationError, match="1 or more"):
        type("Bad", (Event,), {"__doc__": "x"}, name="straw.bad", version=0)
    for kind in (dict, bytes, float, list[int], UUID | float, tuple[bytes, ...], Any):
        with pytest.raises(ConfigurationError, match=r"Bad\.value: an event carries ids"):
            type("Bad", (Event,), {"__doc__": "x", "__annotations__": {"value": kind}}, name="straw.bad")
    with pytest.raises(ConfigurationError, match="from 1 to"):
        Handler("straw.bad", Wished, nothing, batch=0)
    with pytest.raises(ConfigurationError, match="lower-case"):
        Handler("bad", Wished, nothing)
    with pytest.raises(ConfigurationError, match="more than 0"):
        Job("straw.bad", run, Text("straw", "稻草"), seconds=0)
    with pytest.raises(ConfigurationError, match="cron"):
        Job("straw.bad", run, Text("straw", "稻草"), every="daily")


def test_names_are_declared_once() -> None:
    twice = type("Other", (Event,), {"__doc__": "x"}, name="straw.wished")
    with pytest.raises(ConfigurationError, match=r"straw\.wished: declared twice: by straw and by straw"):
        Events((Wished, twice), ())
    handler = Handler("other.seen", Wished, nothing)
    with pytest.raises(ConfigurationError, match=r"other\.seen: declared twice: by other and by other"):
        Events((Wished,), (handler, handler))
    with pytest.raises(
        ConfigurationError, match=r"other\.seen: handles straw\.wished, which nobody declares"
    ):
        Events((), (handler,))
    with pytest.raises(ConfigurationError, match="declared twice"):
        Jobs([Job("straw.same", run, Text("a", "甲"))] * 2)


def test_the_core_owns_its_events() -> None:
    Events(CORE_EVENTS, ())
    assert {kind.owner() for kind in CORE_EVENTS} == {"core"}
    assert len({kind.event_name for kind in CORE_EVENTS}) == len(CORE_EVENTS)
