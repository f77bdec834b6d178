"""A plugin of straw: namespaces on customers and on both roots, types of its own, and one field beside."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry

from core.customers.choices import Source
from core.customers.models import Customer, Purchase
from core.db.model import Model
from core.db.sensitivity import ASSESSMENT, COMMERCIAL, INTERNAL, PERSONAL, PUBLIC
from core.db.types import Choice, Text, UtcTime
from core.errors import Conflict, Forbidden
from core.extension.manifest import Manifest
from core.extension.plugins import of
from core.organization import models as organization
from core.text import Text as Words
from schema.plugin.base import Plugin
from schema.types.customers import Customer as CustomerType
from schema.types.customers import Purchase as PurchaseType
from schema.types.organization import Employee
from schema.vocabulary import (
    Connection,
    DateTime,
    Json,
    Long,
    Node,
    Relation,
    ascending,
    batch,
    by_id,
    descending,
    expression,
    namespace,
    of_viewer,
    stored,
    to_many,
    to_one,
    viewer_relation,
)
from schema.vocabulary.extensions import Extension
from schema.vocabulary.mutations import Call, Input, accepts, changed, mutation, values_of
from schema.vocabulary.targets import BatchContext
from tests.schema import straw
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


@strawberry.type(description="Points of a customer.")
class LoyaltyEntry(Node):
    """A row of the plugin's own, below a customer."""

    viewer_relation: list[Relation] = viewer_relation()
    points: Long | None = stored(straw.LoyaltyEntry.points)
    note: str | None = stored(straw.LoyaltyEntry.note)
    at: DateTime = stored(straw.LoyaltyEntry.at)
    customer: CustomerType | None = to_one(straw.LoyaltyEntry.customer_id)
    purchase: PurchaseType | None = to_one(straw.LoyaltyEntry.purchase_id)


@strawberry.type(description="What points are given for.")
class LoyaltyReward(Node):
    """A row of the plugin's own that is nobody's."""

    name: str = stored(straw.LoyaltyReward.name)
    points: int | None = stored(straw.LoyaltyReward.points)


@strawberry.type(description="More that the plugin knows of a customer.")
class LoyaltyDeeper:
    """A namespace in a namespace."""

    name_twice: str | None = expression(
        lambda c: c.c.number + c.c.number, Text, COMMERCIAL, "The number, twice.", nullable=True
    )
    entries: Connection[LoyaltyEntry] = to_many(straw.LoyaltyEntry.customer_id, "The points, by id.")


@strawberry.type(description="What the plugin knows of a customer.")
class LoyaltyOfCustomer:
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
    owner: Employee | None = to_one(Customer.owner_id, "Who owns the customer.")
    entries: Connection[LoyaltyEntry] = to_many(
        straw.LoyaltyEntry.customer_id, "The points, latest first.", order=[descending("at")]
    )
    deeper: LoyaltyDeeper = namespace("More.")


@strawberry.type
class _OnCustomer:
    loyalty: LoyaltyOfCustomer = namespace("What the plugin knows.")


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


LARGE = Extension("large", {"Purchase": fields_of(_OnPurchase)})


@strawberry.type(description="More roots.")
class LoyaltyMore:
    """A namespace in a root's namespace."""

    customers: Connection[CustomerType] = to_many(
        Customer, "Customers, by what was spent.", order=[descending("loyalty.spent"), descending("name")]
    )
    reward: LoyaltyReward | None = by_id(straw.LoyaltyReward, "A reward.")


async def greeting(info: strawberry.Info, name: str) -> str:
    """A resolver of its own."""
    if name == "forbidden":
        raise Forbidden("loyalty.greeting")
    if name == "conflict":
        raise Conflict("name", Words("no", "否"))
    return f"{name}, {info.context.viewer.subject}"


@strawberry.type(description="What can be read of the plugin.")
class LoyaltyQuery:
    """Every sort of root."""

    me: Employee | None = of_viewer(organization.Employee, "Your own row.")
    entry: LoyaltyEntry | None = by_id(straw.LoyaltyEntry, "Points by id.")
    entries: Connection[LoyaltyEntry] = to_many(
        straw.LoyaltyEntry, "All points, latest first.", order=[descending("at")]
    )
    rewards: Connection[LoyaltyReward] = to_many(
        straw.LoyaltyReward, "All rewards.", order=[ascending("name")]
    )
    more: LoyaltyMore = namespace("More.")
    greeting: str | None = strawberry.field(resolver=greeting, description="In Python.")


@strawberry.input(description="Points to be recorded.")
class LoyaltyRecordInput(Input):
    """Points below zero are refused in different ways."""

    customer_id: strawberry.ID = accepts(straw.LoyaltyEntry.customer_id, required=True)
    points: Long = accepts(straw.LoyaltyEntry.points, required=True)
    note: str | None = accepts(straw.LoyaltyEntry.note)


@strawberry.type(description="The points that were recorded.")
class LoyaltyRecordPayload:
    """Payload of record."""

    entry: LoyaltyEntry | None = changed(straw.LoyaltyEntry, "The points.")
    total: int | None = strawberry.field(description="How many entries there are now.")


async def _record(call: Call, given: LoyaltyRecordInput) -> dict[str, Any]:
    """Written first, so that a refusal has something to undo."""
    work = call.work
    row = straw.LoyaltyEntry(id=work.ids.new(), at=work.clock.now(), **values_of(given))
    work.session.add(row)
    await work.session.flush()
    if given.points == -1:
        raise Conflict("points", Words("no", "否"))
    if given.points == -2:
        raise Forbidden("loyalty.record")
    count = sa.select(sa.func.count()).select_from(straw.LoyaltyEntry)
    return {"entry": row.id, "total": (await work.session.execute(count)).scalar_one()}


@mutation(LoyaltyRecordPayload, "Record points.")
async def record(call: Call, given: LoyaltyRecordInput) -> dict[str, Any]:
    """In `mutation { loyalty { record } }`."""
    return await _record(call, given)


@strawberry.type(description="The points that were recorded again.")
class LoyaltyAgainPayload:
    """Payload of again."""

    entry: LoyaltyEntry | None = changed(straw.LoyaltyEntry, "The points.")


@mutation(LoyaltyAgainPayload, "Record points, further down.")
async def again(call: Call, given: LoyaltyRecordInput) -> dict[str, Any]:
    """In `mutation { loyalty { more { again } } }`."""
    return await _record(call, given)


@strawberry.type(description="More that can be changed.")
class LoyaltyMoreMutation:
    """A namespace in a root's namespace."""

    again = again


@strawberry.type(description="What can be changed of the plugin.")
class LoyaltyMutation:
    """One mutation, and more."""

    record = record
    more: LoyaltyMoreMutation = namespace("More.")


class Straw(Plugin):
    """As a third party writes one."""

    manifest = Manifest("loyalty", "1.0.0", Words("Loyalty", "忠诚度"), Words("Of straw.", "稻草。"))

    def models(self) -> Sequence[type[Model]]:
        return straw.STRAW

    def types(self) -> Sequence[type]:
        return LoyaltyEntry, LoyaltyReward

    def fields(self) -> dict[str, type]:
        return {"Customer": _OnCustomer}

    def query(self) -> type:
        return LoyaltyQuery

    def mutation(self) -> type:
        return LoyaltyMutation


LOYALTY = of([Straw()], Plugin)


def _bought(rows: Rows, customer: Row) -> list[Row]:
    return [p for p in rows["Purchase"] if p["customer_id"] == customer["id"]]


def _palindrome(_rows: Rows, customer: Row) -> str | None:
    key = customer["id"]
    return None if key.int % 2 else f'"{key.hex[:4]}\x01{key.hex[3::-1]}"'


FACTS: dict[tuple[str, str], Callable[[Rows, Row], Any]] = {
    ("LoyaltyOfCustomer", "spent"): lambda rows, c: sum(p["amount_minor"] for p in _bought(rows, c)),
    ("LoyaltyOfCustomer", "purchases"): lambda rows, c: len(_bought(rows, c)),
    ("LoyaltyOfCustomer", "category"): lambda rows, c: max(
        (p["category"] for p in _bought(rows, c) if p["category"] is not None), default=None
    ),
    ("LoyaltyOfCustomer", "lastAt"): lambda _rows, c: c["last_purchase_at"],
    ("LoyaltyOfCustomer", "origin"): lambda _rows, c: c["source"],
    ("LoyaltyOfCustomer", "palindrome"): _palindrome,
    ("LoyaltyOfCustomer", "keeper"): lambda _rows, c: (
        c["owner_id"] and {"owner": c["owner_id"].hex, "me": "somebody"}
    ),
    ("LoyaltyDeeper", "nameTwice"): lambda _rows, c: c["number"] and c["number"] * 2,
    ("Purchase", "large"): lambda _rows, p: p["amount_minor"] > 1000,
}
"""The same in Python, for the judge."""
