"""A plugin of straw: a namespace of SQL expressions and batch resolvers, and one field beside."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry

from core.customers.choices import Source
from core.customers.models import Purchase
from core.db.sensitivity import ASSESSMENT, COMMERCIAL, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime
from schema.vocabulary import DateTime, Json, Long, batch, expression, namespace
from schema.vocabulary.extensions import Extension
from schema.vocabulary.targets import BatchContext
from tests.schema.rows import Row, Rows


def over_purchases(
    value: Callable[[Any], sa.ColumnElement[Any]], kind: sa.types.TypeEngine[Any]
) -> Callable[[Any], sa.ColumnElement[Any]]:
    """A value over the purchases of a customer."""

    def build(customer: Any) -> sa.ColumnElement[Any]:
        bought = Purchase.__table__.alias()
        found = sa.select(sa.cast(value(bought), kind)).where(bought.c.customer_id == customer.c.id)
        return found.scalar_subquery()

    return build


async def palindromes(_context: BatchContext, keys: list[UUID]) -> Sequence[str | None]:
    """Text with what JSON must escape; null for every other key."""
    return [None if key.int % 2 else f'"{key.hex[:4]}\x01{key.hex[3::-1]}"' for key in keys]


async def owners(context: BatchContext, keys: list[UUID]) -> Sequence[Any]:
    """Says what the key was, and who asks."""
    return [{"owner": key.hex, "me": context.viewer.subject} for key in keys]


@strawberry.type(description="What the plugin knows of a customer.")
class CustomerLoyalty:
    """On the same row as the customer."""

    spent: Long | None = expression(
        over_purchases(lambda p: sa.func.coalesce(sa.func.sum(p.c.amount_minor), 0), sa.BigInteger()),
        sa.BigInteger(),
        COMMERCIAL,
        "Sum of all amounts, whatever the currency.",
    )
    purchases: int = expression(
        over_purchases(lambda p: sa.func.count(p.c.id), sa.Integer()), sa.Integer(), PUBLIC, "How many."
    )
    category: str | None = expression(
        over_purchases(lambda p: sa.func.max(p.c.category), Text),
        Text,
        ASSESSMENT,
        "The last category by code point.",
        nullable=True,
    )
    last_at: DateTime | None = expression(
        lambda c: c.c.last_purchase_at, UtcTime(), INTERNAL, "The last purchase.", nullable=True
    )
    origin: Source | None = expression(
        lambda c: c.c.source, Choice(Source), PERSONAL, "Where the record came from."
    )
    palindrome: str | None = batch(palindromes, PERSONAL, "In Python, by the customer's id.")
    keeper: Json | None = batch(owners, COMMERCIAL, "In Python, by a key that may be null.", key="owner_id")


@strawberry.type
class _OnCustomer:
    loyalty: CustomerLoyalty = namespace("What the plugin knows.")


@strawberry.type
class _OnPurchase:
    large: bool | None = expression(
        lambda p: p.c.amount_minor > sa.literal_column("1000"),
        sa.Boolean(),
        COMMERCIAL,
        "More than 1000 minor units.",
    )


def fields_of(declared: type) -> Sequence[Any]:
    """The strawberry fields of a class."""
    return declared.__strawberry_definition__.fields  # type: ignore[attr-defined, no-any-return]


LOYALTY = Extension("loyalty", {"Customer": fields_of(_OnCustomer), "Purchase": fields_of(_OnPurchase)})


def _bought(rows: Rows, customer: Row) -> list[Row]:
    return [p for p in rows["Purchase"] if p["customer_id"] == customer["id"]]


def _palindrome(_rows: Rows, customer: Row) -> str | None:
    key = customer["id"]
    return None if key.int % 2 else f'"{key.hex[:4]}\x01{key.hex[3::-1]}"'


FACTS: dict[tuple[str, str], Callable[[Rows, Row], Any]] = {
    ("CustomerLoyalty", "spent"): lambda rows, c: sum(p["amount_minor"] for p in _bought(rows, c)),
    ("CustomerLoyalty", "purchases"): lambda rows, c: len(_bought(rows, c)),
    ("CustomerLoyalty", "category"): lambda rows, c: max(
        (p["category"] for p in _bought(rows, c) if p["category"] is not None), default=None
    ),
    ("CustomerLoyalty", "lastAt"): lambda _rows, c: c["last_purchase_at"],
    ("CustomerLoyalty", "origin"): lambda _rows, c: c["source"],
    ("CustomerLoyalty", "palindrome"): _palindrome,
    ("CustomerLoyalty", "keeper"): lambda _rows, c: (
        c["owner_id"] and {"owner": c["owner_id"].hex, "me": "somebody"}
    ),
    ("Purchase", "large"): lambda _rows, p: p["amount_minor"] > 1000,
}
"""The same in Python, for the judge."""
