"""Rows on their way in: a temporary table, and the statements that take them on, all at once.

What concerns several rows (duplicates, occurrences) is said in SQL: memory is bounded for any file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.customers.choices import Collection, CustomerKind, Source
from core.customers.importing.faults import Fault
from core.customers.importing.purchases import OWN_REFERENCE
from core.customers.models import Customer, Purchase
from core.db.types import Choice, Key, UtcTime
from core.db.types import Text as String
from core.text import Text

REPEATED = Text("the customer's reference stands in this file before", "本文件前面已有该客户的此单号")
OTHERWISE = Text(
    "the customer has a purchase with this reference and another amount", "该客户已有此单号的购买，但金额不同"
)
CACHE_KIB = 32 * 1024

STAGED = sa.Table(
    "import_purchases",
    sa.MetaData(),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("id", Key, nullable=False),
    sa.Column("customer_id", Key, nullable=False),  # the key if this row brings a new customer
    sa.Column("number", String, nullable=False),
    sa.Column("name", String),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", String, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("category", String),
    sa.Column("channel", String),
    sa.Column("reference", String),
    sa.Column("digest", String, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
s, c, p = STAGED.c, Customer.__table__.c, Purchase.__table__.c


def _nth(*partition: Any, order: Any = s.line) -> sa.ColumnElement[int]:
    return sa.func.row_number().over(partition_by=partition, order_by=order)


# An exact duplicate is a purchase of its own: its fingerprint counts the occurrence within the file.
MARKED = sa.select(
    *STAGED.c,
    sa.func.coalesce(
        s.reference, OWN_REFERENCE + s.digest + ":" + sa.cast(_nth(s.digest, s.reference), String)
    ).label("mark"),
).subquery("marked")


async def begin(session: AsyncSession) -> None:
    """Make the temporary table. What follows may take its time, and memory enough to sort in."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await session.execute(sa.select(sa.func.set_config("statement_timeout", "0", True)))  # noqa: FBT003
    else:
        await session.execute(sa.text(f"PRAGMA main.cache_size = -{CACHE_KIB}"))
    await connection.run_sync(lambda bound: STAGED.create(bound, checkfirst=False))


async def stage(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Add rows to the temporary table."""
    if rows:
        await session.execute(sa.insert(STAGED), rows)


async def faults(session: AsyncSession) -> AsyncIterator[Fault]:
    """What is wrong with rows that are right by themselves."""
    nth = _nth(s.number, s.reference).label("nth")
    seen = sa.select(s.line, s.reference, nth).where(s.reference.is_not(None)).subquery()
    repeated = sa.select(seen.c.line, seen.c.reference).where(seen.c.nth > 1)
    otherwise = (
        sa.select(s.line, s.reference)
        .join(Customer.__table__, c.number == s.number)
        .join(Purchase.__table__, sa.and_(p.customer_id == c.id, p.reference == s.reference))
        .where(sa.or_(p.amount_minor != s.amount_minor, p.currency != s.currency))
    )
    for statement, reason in ((repeated, REPEATED), (otherwise, OTHERWISE)):
        async for line, reference in await session.stream(statement.order_by("line")):
            yield Fault(line, "reference", reference, reason)


async def insert_customers(session: AsyncSession, now: Any, currency: str) -> int:
    """A customer for each unknown number, named as the file first says. How many are new."""
    first = sa.select(*STAGED.c, _nth(s.number, order=(s.name.is_(None), s.line)).label("nth")).subquery()
    f = first.c
    values = {
        "id": f.customer_id,
        "kind": sa.literal(CustomerKind.PERSON, Choice(CustomerKind)),
        "name": sa.func.coalesce(f.name, f.number),
        "number": f.number,
        "source": sa.literal(Source.PURCHASE, Choice(Source)),
        "collected_by": sa.literal(Collection.IMPORT, Choice(Collection)),
        "spend_minor": sa.literal(0, sa.BigInteger),
        "spend_currency": sa.literal(currency),
        "purchase_count": sa.literal(0),
        "created_at": sa.literal(now, UtcTime),
        "updated_at": sa.literal(now, UtcTime),
    }
    return await _insert(session, Customer.__table__, values, f.nth == 1, f.line)


async def insert_purchases(session: AsyncSession, now: Any) -> int:
    """The purchases that are not there yet. How many are new.

    In order of customer: indices grow at one place, and a customer's purchases lie beside each other.
    """
    m = MARKED.c
    values = {
        "id": m.id,
        "customer_id": c.id,
        **{name: m[name] for name in ("at", "amount_minor", "currency", "quantity", "category", "channel")},
        "reference": m.mark,
        "source": sa.literal(Source.PURCHASE, Choice(Source)),
        "collected_by": sa.literal(Collection.IMPORT, Choice(Collection)),
        "created_at": sa.literal(now, UtcTime),
    }
    return await _insert(session, Purchase.__table__, values, c.number == m.number, c.id, m.at, m.line)


async def _insert(session: AsyncSession, table: Any, values: dict[str, Any], where: Any, *order: Any) -> int:
    """INSERT … SELECT, past what is there already, also if another import put it there just now."""
    dialect = (await session.connection()).dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    chosen = sa.select(*values.values()).where(where).order_by(*order)
    statement = insert.from_select(list(values), chosen, include_defaults=False).on_conflict_do_nothing()
    result: Any = await session.execute(statement)
    return int(result.rowcount)


async def figures(session: AsyncSession) -> tuple[int, int, int]:
    """How many customers, exact duplicates (beyond the first), and purchases after the first of a day."""
    counted = sa.select(sa.func.count()).select_from(STAGED).scalar_subquery()
    days = sa.select(s.number, s.day).distinct().subquery()
    unnumbered = s.reference.is_(None)
    found = await session.execute(
        sa.select(
            sa.select(sa.func.count(s.number.distinct())).scalar_subquery(),
            sa.select(sa.func.count() - sa.func.count(s.digest.distinct()))
            .where(unnumbered)
            .scalar_subquery(),
            counted - sa.select(sa.func.count()).select_from(days).scalar_subquery(),
        )
    )
    customers, duplicates, same_day = found.one()
    return customers, duplicates, same_day


async def brought(session: AsyncSession, after: int, most: int) -> Sequence[sa.Row[Any]]:
    """The purchases that came in with the next lines, and whether the customer came in with them."""
    new = (p.customer_id == s.customer_id).label("new")
    statement = (
        sa.select(s.line, p.id, p.customer_id, new)
        .join_from(STAGED, Purchase.__table__, p.id == s.id)
        .where(s.line > after)
        .order_by(s.line)
        .limit(most)
    )
    return (await session.execute(statement)).all()


def staged_customers() -> sa.ColumnElement[bool]:
    """The customers whom the file names, as a condition on `Customer`."""
    return c.number.in_(sa.select(s.number))


async def end(session: AsyncSession) -> None:
    """Take the temporary table away, where the end of the transaction doesn't."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        await connection.run_sync(STAGED.drop)
