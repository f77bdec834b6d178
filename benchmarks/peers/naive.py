"""A plain strawberry server over the tables of schema `plain`: the ORM's rows, async resolvers, DataLoaders.

The stock ASGI view, nothing tuned, no sign-in, no policies. Adapted from the project's peer benchmark.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

TIME = sa.DateTime(timezone=True)


class Base(DeclarativeBase):
    """Tables of the peers."""

    metadata = sa.MetaData(schema="plain")


class EmployeeRow(Base):
    """Who owns customers."""

    __tablename__ = "employees"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class CustomerRow(Base):
    """One customer."""

    __tablename__ = "customers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    number: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    birthday: Mapped[dt.date | None]
    purchase_count: Mapped[int]
    owner_id: Mapped[UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(TIME)


class PurchaseRow(Base):
    """One purchase."""

    __tablename__ = "purchases"
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=sa.func.gen_random_uuid())
    customer_id: Mapped[UUID]
    at: Mapped[dt.datetime] = mapped_column(TIME)
    amount: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    currency: Mapped[str]
    channel: Mapped[str | None]


class ActivityRow(Base):
    """What customers took part in."""

    __tablename__ = "activities"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]


class ParticipationRow(Base):
    """A customer at an activity."""

    __tablename__ = "participations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    status: Mapped[str]


@strawberry.type
class Employee:
    """An employee."""

    id: strawberry.ID
    name: str


@strawberry.type
class Purchase:
    """A purchase."""

    id: strawberry.ID
    amount: Decimal
    currency: str
    at: dt.datetime
    channel: str | None


@strawberry.type
class Activity:
    """An activity."""

    id: strawberry.ID
    title: str


@strawberry.type
class Participation:
    """A participation."""

    id: strawberry.ID
    status: str

    @strawberry.field
    async def activity(self, info: strawberry.Info) -> Activity:
        """What the customer took part in."""
        return await info.context["activities"].load(self.activity_id)  # type: ignore[attr-defined, no-any-return]


@strawberry.type
class Customer:
    """A customer."""

    id: strawberry.ID
    name: str
    number: str
    phone: str | None
    email: str | None
    region: str | None
    industry: str | None
    birthday: dt.date | None
    purchase_count: int
    created_at: dt.datetime

    @strawberry.field
    async def owner(self, info: strawberry.Info) -> Employee | None:
        """Who is responsible."""
        return await info.context["owners"].load(self.owner_id)  # type: ignore[attr-defined, no-any-return]

    @strawberry.field
    async def purchases(self, info: strawberry.Info, first: int = 5) -> list[Purchase]:
        """The last ones."""
        return await info.context["purchases"].load((self.id, first))  # type: ignore[no-any-return]

    @strawberry.field
    async def participations(self, info: strawberry.Info, first: int = 3) -> list[Participation]:
        """The first ones."""
        return await info.context["participations"].load((self.id, first))  # type: ignore[no-any-return]


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    async def customer(self, info: strawberry.Info, id: strawberry.ID) -> Customer | None:  # noqa: A002
        """One by key."""
        async with info.context["session"]() as session:
            return await session.get(CustomerRow, UUID(id))  # type: ignore[no-any-return]

    @strawberry.field
    async def customers(self, info: strawberry.Info, region: str, first: int = 50) -> list[Customer]:
        """Those of a region, by name."""
        found = sa.select(CustomerRow).where(CustomerRow.region == region)
        async with info.context["session"]() as session:
            ordered = found.order_by(CustomerRow.name, CustomerRow.id).limit(first)
            return (await session.scalars(ordered)).all()  # type: ignore[no-any-return]


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    async def record_purchase(
        self,
        info: strawberry.Info,
        customer_id: strawberry.ID,
        amount: str,
        currency: str,
        channel: str,
        at: str,
    ) -> Purchase:
        """Insert a purchase."""
        values = {"customer_id": UUID(customer_id), "at": dt.datetime.fromisoformat(at), "channel": channel}
        made = PurchaseRow(amount=Decimal(amount), currency=currency, **values)
        async with info.context["session"]() as session:
            session.add(made)
            await session.commit()
        return made  # type: ignore[return-value]


Session = Callable[[], AsyncSession]
Load = Callable[[list[Any]], Awaitable[Sequence[Any]]]


def by_key(model: Any, session: Session) -> Load:
    """Rows by their keys."""

    async def load(keys: list[Any]) -> Sequence[Any]:
        async with session() as opened:
            rows = await opened.scalars(sa.select(model).where(model.id.in_(set(keys))))
            found = {row.id: row for row in rows}
        return [found.get(key) for key in keys]

    return load


def first_of(model: Any, order: Sequence[Any], session: Session) -> Load:
    """The first rows of each customer in an order."""

    async def load(keys: list[tuple[UUID, int]]) -> Sequence[Any]:
        ids, first = [key for key, _ in keys], keys[0][1]
        rank = sa.func.row_number().over(partition_by=model.customer_id, order_by=order).label("rank")
        ranked = sa.select(model.id, rank).where(model.customer_id.in_(ids)).subquery()
        picked = sa.select(model).join(ranked, ranked.c.id == model.id).where(ranked.c.rank <= first)
        lists: dict[UUID, list[Any]] = {key: [] for key in ids}
        async with session() as opened:
            for row in await opened.scalars(picked.order_by(*order)):
                lists[row.customer_id].append(row)
        return [lists[key] for key in ids]

    return load


class View(GraphQL[dict[str, Any], None]):
    """The stock view; loaders live as long as a request."""

    def __init__(self, session: Session, schema: strawberry.Schema) -> None:
        super().__init__(schema)
        bought = PurchaseRow.at.desc(), PurchaseRow.id.desc()
        self.session = session
        self.loaders = {
            "owners": by_key(EmployeeRow, session),
            "activities": by_key(ActivityRow, session),
            "purchases": first_of(PurchaseRow, bought, session),
            "participations": first_of(ParticipationRow, (ParticipationRow.id,), session),
        }

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:  # noqa: ARG002 its signature
        """Fresh loaders."""
        return {"session": self.session, **{name: DataLoader(load) for name, load in self.loaders.items()}}


def make_app(url: str, pool: int) -> Starlette:
    """The server's application."""
    for made in (Employee, Purchase, Activity, Participation, Customer):  # resolvers give rows of the ORM
        made.is_type_of = classmethod(lambda _cls, _value, _info: True)  # type: ignore[union-attr]
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=pool, max_overflow=0
    )
    session = async_sessionmaker(engine, expire_on_commit=False)
    return Starlette(routes=[Route("/graphql", View(session, strawberry.Schema(Query, Mutation)))])


if __name__ == "__main__":
    dsn, port, size = sys.argv[1:]
    uvicorn.run(make_app(dsn, int(size)), port=int(port), log_level="warning", access_log=False)
