"""What is taken for a cursor, and what is not (PRM-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.customers.choices import Source
from core.db.types import Choice, Key, Text, UtcTime
from core.errors import BadUserInput
from schema.compiler import cursors, tree

TYPES: dict[str, Any] = {
    "text": Text,
    "int": sa.Integer(),
    "long": sa.BigInteger(),
    "bool": sa.Boolean(),
    "time": UtcTime(),
    "day": sa.Date(),
    "key": Key(),
    "choice": Choice(Source),
}


def key(kind: str, *, nullable: bool = False) -> tree.Key:
    return tree.Key(lambda source: source, desc=False, kind=kind, nullable=nullable, type=TYPES[kind])


def written(*values: Any) -> str:
    return orjson.dumps(values).hex()


def read(kind: str, value: Any, *, nullable: bool = False) -> Any:
    return cursors.values(written("mark", value), "mark", [key(kind, nullable=nullable)], "after")[0]


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("text", "王\x01", "王\x01"),
        ("int", -(2**31), -(2**31)),
        ("long", 2**63 - 1, 2**63 - 1),
        ("bool", False, False),
        ("time", "2024-01-31T08:00:00+08:00", dt.datetime(2024, 1, 31, tzinfo=dt.UTC)),
        ("day", "1980-01-01", dt.date(1980, 1, 1)),
        ("key", "1" * 32, UUID("1" * 32)),
        ("choice", "WEB", Source.WEB),
    ],
)
def test_each_kind(kind: str, value: Any, wanted: Any) -> None:
    assert read(kind, value) == wanted
    assert read(kind, None, nullable=True) is None
    others: tuple[Any, ...] = (None, [], {}, 1.5, "\0")
    for other in others:
        with pytest.raises(BadUserInput):
            read(kind, other)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", 2**31),
        ("int", True),
        ("long", 2**63),
        ("bool", 1),
        ("time", "2024-01-31T08:00:00"),
        ("time", "0001-01-01T00:00:00+08:00"),
        ("time", "9999-12-31T23:59:59-08:00"),
        ("key", "x" * 32),
        ("choice", "__class__"),
    ],
)
def test_values_that_no_row_has(kind: str, value: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        read(kind, value)
    assert refused.value.field == "after"


def test_another_order_or_length() -> None:
    for text in (written("other", "a"), written("mark"), written("mark", "a", "b"), written()):
        with pytest.raises(BadUserInput):
            cursors.values(text, "mark", [key("text")], "after")
    marks = {
        cursors.signature(name, order)
        for name in ("A", "B")
        for order in ([("x", False)], [("x", True)], [("x", False), ("y", False)])
    }
    assert len(marks) == 6


@given(st.one_of(st.text(), st.binary().map(bytes.hex), st.none(), st.integers()))
def test_anything_else_is_refused_cleanly(text: Any) -> None:
    """Nothing but BadUserInput ever leaves, and a shape is always found."""
    try:
        assert cursors.nulls_in(text) == tuple(x is None for x in cursors.decode(text, "after"))
    except BadUserInput:
        assert cursors.nulls_in(text) == ()
