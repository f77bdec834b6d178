"""Statements of the audit that write: many rows at once, on both databases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import orjson
import sqlalchemy as sa
from asyncpg.pgproto import pgproto
from sqlalchemy.dialects.postgresql import ARRAY

from core.audit.entries import Digits
from core.audit.models import AuditChain, AuditedCustomer, AuditRecord
from core.audit.rows import CustomerRow, customer_rows
from core.db.expressions import ListOf
from core.db.statements import Statement
from core.db.types import Key, Text
from core.db.work import UnitOfWork

CHAINS: Any = AuditChain.__table__
RECORDS: Any = AuditRecord.__table__
CUSTOMERS: Any = AuditedCustomer.__table__
CUSTOMER = ("id", "record_id", "customer_id")

T = TypeVar("T")
Row = Mapping[str, Any]
FEW, TOGETHER, CUSTOMERS_TOGETHER = 4, 200, 1_000
"""Most records, and most of their customers, in one statement; in between others have their turn."""
PLACED = ("id", "department_id", "digest", "chain_id", "number", "link")
"""What linking sets, and the key by which it does."""


def _given(table: Any, prefix: str, names: Sequence[str]) -> Any:
    """Rows that come as one array for each column (PostgreSQL)."""
    columns = [table.c[name] for name in names]
    arrays = [sa.bindparam(prefix + c.name, type_=ListOf(c.type)) for c in columns]
    named = [sa.column(c.name, c.type) for c in columns]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived()


def _insert_together() -> Statement:
    """Records and their customers in one round trip (PostgreSQL)."""
    names = RECORDS.c.keys()
    records = sa.insert(RECORDS).from_select(names, sa.select(*_given(RECORDS, "r_", names).c))
    customers = sa.insert(CUSTOMERS).from_select(CUSTOMER, sa.select(*_digits("c_", CUSTOMER).c))
    return Statement(customers.add_cte(records.cte("records")))


def _digits(prefix: str, names: Sequence[str]) -> Any:
    """Rows of keys, each column one text (PostgreSQL): the driver takes a fifth of the time of arrays."""
    texts = [sa.cast(sa.bindparam(prefix + name, type_=Text), Text) for name in names]
    keys = [sa.cast(text, ARRAY(sa.Uuid)) for text in texts]
    named = [sa.column(name, sa.Uuid) for name in names]
    return sa.func.unnest(*keys).table_valued(*named).render_derived()


def _insert_customers() -> Statement:
    """From one JSON text (SQLite)."""
    given = sa.func.json_each(sa.bindparam("rows", type_=Text)).table_valued("value")
    cells = [sa.func.json_extract(given.c.value, sa.literal_column(f"'$[{i}]'")) for i in range(3)]
    return Statement(sa.insert(CUSTOMERS).from_select(CUSTOMER, sa.select(*cells)))


def _place_together() -> Statement:
    given = _given(RECORDS, "r_", PLACED)
    changes = {name: given.c[name] for name in PLACED[1:]}
    return Statement(sa.update(RECORDS).where(RECORDS.c.id == given.c.id).values(changes))


def _place_one() -> Statement:
    changes = {name: sa.bindparam(f"r_{name}", type_=RECORDS.c[name].type) for name in PLACED[1:]}
    found = RECORDS.c.id == sa.bindparam("r_id", type_=Key())
    return Statement(sa.update(RECORDS).where(found).values(changes))


INSERT_TOGETHER, PLACE_TOGETHER = _insert_together(), _place_together()
INSERT_ONE, INSERT_CUSTOMER = Statement(sa.insert(RECORDS)), Statement(sa.insert(CUSTOMERS))
INSERT_CUSTOMERS, PLACE_ONE = _insert_customers(), _place_one()


async def insert(work: UnitOfWork, records: Sequence[Row], named: Mapping[UUID, Collection[Digits]]) -> None:
    """Insert records and the customers of each: on PostgreSQL with one statement, if they are not too many.

    An array takes a quarter longer to write one row than plain values do.
    """
    if len(records) + sum(map(len, named.values())) <= FEW:
        for row in records:
            await work.later(INSERT_ONE, row)
        for key, theirs in named.items():
            for one in theirs:
                keys = (work.ids.new(), key, pgproto.UUID(one.decode()))
                await work.later(INSERT_CUSTOMER, dict(zip(CUSTOMER, keys, strict=True)))
        return
    customers = customer_rows(work.ids, named)
    if work.dialect == "sqlite":
        for row in records:
            await work.rows(INSERT_ONE, row)
        for some in parts(customers, CUSTOMERS_TOGETHER):
            rows = [[one.decode() for one in row] for row in some]
            await work.rows(INSERT_CUSTOMERS, {"rows": orjson.dumps(rows).decode()})
        return
    ahead = records[:-TOGETHER]
    for part in parts(ahead, TOGETHER):
        await work.rows(INSERT_TOGETHER, _arrays(part, ()))
    last, first = records[len(ahead) :], list(islice(customers, CUSTOMERS_TOGETHER))
    await work.later(INSERT_TOGETHER, _arrays(last, first))
    for more in parts(customers, CUSTOMERS_TOGETHER):
        await work.rows(INSERT_TOGETHER, _arrays((), more))


async def place(work: UnitOfWork, records: Sequence[Row]) -> None:
    """Put records that are stored into their chain."""
    if work.dialect == "sqlite":
        for row in records:
            await work.rows(PLACE_ONE, {f"r_{name}": row[name] for name in PLACED})
        return
    for part in parts(records, TOGETHER):
        await work.rows(PLACE_TOGETHER, _columns(part, "r_", PLACED))


def parts(rows: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Parts of at most this size."""
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _arrays(records: Sequence[Row], customers: Sequence[CustomerRow]) -> dict[str, Any]:
    theirs = zip(*customers, strict=True) if customers else ((), (), ())
    named = {
        f"c_{name}": f"{{{b','.join(column).decode()}}}"
        for name, column in zip(CUSTOMER, theirs, strict=True)
    }
    return _columns(records, "r_", RECORDS.c.keys()) | named


def _columns(rows: Sequence[Row], prefix: str, names: Iterable[str]) -> dict[str, Sequence[Any]]:
    return {prefix + name: [row[name] for row in rows] for name in names}
