"""The judge's own reading of scalars."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError


def _refuse(kind: str) -> GraphQLError:
    return GraphQLError(f"not a {kind}")


def _long(value: Any) -> int:
    if type(value) is not int or not -(2**53) < value < 2**53:
        raise _refuse("Long")
    return value


def _time(value: Any) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(value)
        if time.tzinfo is None:
            raise _refuse("DateTime")
        return time.astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        raise _refuse("DateTime") from None


def _day(value: Any) -> dt.date:
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except (ValueError, TypeError):
        raise _refuse("Date") from None


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(value) > 40:
        raise _refuse("Decimal")
    return number


def _currency(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 3 or not all("A" <= c <= "Z" for c in value):
        raise _refuse("Currency")
    return value


SCALARS = {"Long": _long, "DateTime": _time, "Date": _day, "Decimal": _decimal, "Currency": _currency}
