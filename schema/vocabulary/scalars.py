"""Scalars. What goes out has one text form on both databases; what comes in is checked here."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import orjson
import strawberry
from strawberry.types.scalar import ScalarDefinition

from core.money import CURRENCY

MOST_LONG = 2**53 - 1
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Long = NewType("Long", int)
DateTime = NewType("DateTime", dt.datetime)
Day = NewType("Day", dt.date)
Amount = NewType("Amount", Decimal)
Json = NewType("Json", object)
Currency = NewType("Currency", str)


def canonical_time(value: dt.datetime) -> str:
    """The one text form of an instant: UTC, fraction without trailing zeros, `+00:00`."""
    text = value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return text.rstrip("0").rstrip(".") + "+00:00"


def _long(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_LONG:
        message = "Long is an integer within ±(2^53 - 1)"
        raise ValueError(message)
    return value


def _time(value: Any) -> dt.datetime:
    try:
        parsed = dt.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        message = "DateTime is ISO 8601 with a zone, such as 2026-11-21T09:30:00+08:00"
        raise ValueError(message)
    try:
        return parsed.astimezone(dt.UTC)
    except OverflowError:
        message = "DateTime lies outside the years 1 to 9999"
        raise ValueError(message) from None


def _day(value: Any) -> dt.date:
    try:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise ValueError  # noqa: TRY301
        return dt.date.fromisoformat(value)
    except ValueError:
        message = "Date is YYYY-MM-DD"
        raise ValueError(message) from None


def _amount(value: Any) -> Decimal:
    try:
        if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004
            raise InvalidOperation  # noqa: TRY301
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        message = 'Decimal is text such as "29.33"; numbers would lose digits'
        raise ValueError(message)
    return amount


def _currency(value: Any) -> str:
    if not (isinstance(value, str) and CURRENCY.fullmatch(value)):
        message = "Currency is three capital letters (ISO 4217), such as CNY"
        raise ValueError(message)
    return value


def _scalar(name: str, about: str, parse: Any, serialize: Any = lambda v: v) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=about, parse_value=parse, serialize=serialize)


SCALARS: dict[object, ScalarDefinition] = {
    Long: _scalar("Long", "An integer within ±(2^53 - 1), exact in every client.", _long),
    DateTime: _scalar(
        "DateTime",
        "An instant, ISO 8601 with a zone; answers are in UTC.",
        _time,
        lambda v: canonical_time(v) if isinstance(v, dt.datetime) else v,
    ),
    Day: _scalar(
        "Date", "A calendar day, YYYY-MM-DD.", _day, lambda v: v.isoformat() if isinstance(v, dt.date) else v
    ),
    Amount: _scalar(
        "Decimal",
        "An exact decimal number, as text.",
        _amount,
        lambda v: f"{v:f}" if isinstance(v, Decimal) else v,
    ),
    Json: _scalar(
        "JSON", "Any JSON value.", lambda v: v, lambda v: orjson.loads(v) if isinstance(v, bytes) else v
    ),
    Currency: _scalar("Currency", "A currency, three capital letters (ISO 4217).", _currency),
}


@strawberry.type(name="Money", description="An exact amount of money with its currency.")
class MoneyType:
    """GraphQL form of `core.money.Money`."""

    amount: Amount = strawberry.field(description="The amount in the currency's main unit, such as 29.33.")
    currency: Currency = strawberry.field(description="The currency.")
    minor: Long = strawberry.field(
        description="The amount in the currency's smallest unit, such as 2933 fen."
    )


@strawberry.input(name="MoneyInput", description="An exact amount of money with its currency.")
class MoneyInput:
    """An amount that a client sends."""

    amount: Amount = strawberry.field(
        description='The amount in the currency\'s main unit, as text: "29.33".'
    )
    currency: Currency = strawberry.field(description="The currency.")
