"""The rows into a database: ours through migrations and Core inserts, the peers' as plain tables beside."""

# ruff: noqa: S608 statements are put together from the constants of this file

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks.rows import START, Row, World
from core.customers.models import Customer, Purchase
from core.customers.totals import recount
from core.db.database import Database
from core.db.migrate import migrate
from core.db.model import sealed_fields
from core.runtime import open_database
from core.settings import Settings

BATCH = 5_000
PLAIN = "plain"
"""The schema of the peers' tables: the same rows without ciphers, classes and owners' rules."""

COPIES = f"""
CREATE TABLE {PLAIN}.employees AS SELECT id, name, staff_number FROM public.employees;
CREATE TABLE {PLAIN}.customers AS
  SELECT id, name, number, phone, email, region, industry, birthday, purchase_count, owner_id, created_at
  FROM public.customers JOIN {PLAIN}.contacts USING (id);
CREATE TABLE {PLAIN}.purchases AS
  SELECT id, customer_id, at, (amount_minor / 100.0)::numeric(12, 2) AS amount, currency, channel, created_at
  FROM public.purchases;
CREATE TABLE {PLAIN}.activities AS SELECT id, title, starts_at FROM public.activities;
CREATE TABLE {PLAIN}.participations AS
  SELECT id, customer_id, activity_id, status, satisfaction FROM public.participations;
DROP TABLE {PLAIN}.contacts;
ALTER TABLE {PLAIN}.employees ADD PRIMARY KEY (id);
ALTER TABLE {PLAIN}.customers ADD PRIMARY KEY (id), ADD FOREIGN KEY (owner_id) REFERENCES {PLAIN}.employees;
ALTER TABLE {PLAIN}.activities ADD PRIMARY KEY (id);
ALTER TABLE {PLAIN}.purchases ADD PRIMARY KEY (id),
  ADD FOREIGN KEY (customer_id) REFERENCES {PLAIN}.customers,
  ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now(),
  ALTER customer_id SET NOT NULL, ALTER at SET NOT NULL, ALTER amount SET NOT NULL;
ALTER TABLE {PLAIN}.participations ADD PRIMARY KEY (id),
  ADD FOREIGN KEY (customer_id) REFERENCES {PLAIN}.customers,
  ADD FOREIGN KEY (activity_id) REFERENCES {PLAIN}.activities;
CREATE INDEX ON {PLAIN}.customers (region, name, id);
CREATE INDEX ON {PLAIN}.customers (owner_id);
CREATE INDEX ON {PLAIN}.purchases (customer_id, at DESC, id DESC);
CREATE INDEX ON {PLAIN}.participations (customer_id, id);
CREATE INDEX ON {PLAIN}.participations (activity_id);
"""


def settings_for(url: str, **more: Any) -> Settings:
    """The product's settings for a database of the benchmark; nothing is read from the environment's file."""
    return Settings(_env_file=None, env="development", database_url=url, **more)


async def load(url: str, customers: int) -> None:
    """Fill an empty database; one that has the rows already is left as it is."""
    database = open_database(settings_for(url))
    try:
        await migrate(database)
        async with database.unit_of_work() as work:
            there = await work.session.scalar(sa.select(sa.func.count()).select_from(Customer))
        if there != customers:
            started = time.perf_counter()
            contacts = await _ours(database, customers)
            if not database.sqlite:
                await _plain(url, contacts)
            print(f"loaded {customers:,} customers in {time.perf_counter() - started:.0f} s", flush=True)
    finally:
        await database.close()


async def _ours(database: Database, customers: int) -> list[tuple[Any, ...]]:
    """Our tables. Gives the contacts in plain text, for the peers."""
    contacts: list[tuple[Any, ...]] = []
    for model, rows in World(customers).tables():
        async with database.unit_of_work() as work:
            sealed = sealed_fields(model)
            for batch in _batches(rows):
                if model is Customer:
                    contacts += [(row["id"], row["phone"], row["email"]) for row in batch]
                for row in batch:
                    for name in sealed:
                        row.update(work.sealer.columns_of(sealed[name], row.pop(name, None)))
                await work.session.execute(sa.insert(model.__table__), batch)  # type: ignore[arg-type]
    async with database.unit_of_work() as work:
        await work.session.execute(sa.text("ANALYZE"))
        await _recount(database, work.session)
    return contacts


async def _recount(database: Database, session: Any) -> None:
    if not database.sqlite:
        await session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    await recount(session)


async def _plain(url: str, contacts: Iterable[tuple[Any, ...]]) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE SCHEMA {PLAIN}")
        await connection.execute(f"CREATE TABLE {PLAIN}.contacts (id uuid, phone text, email text)")
        await connection.copy_records_to_table("contacts", schema_name=PLAIN, records=contacts)
        await connection.execute(COPIES)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def clean(url: str) -> None:
    """Take back what mutations recorded, so that the reads of the next round meet the same rows."""
    database = open_database(settings_for(url))
    try:
        async with database.unit_of_work() as work:
            new = Purchase.created_at > START
            touched = set(await work.session.scalars(sa.select(Purchase.customer_id).where(new)))
            await work.session.execute(sa.delete(Purchase).where(new))
            await recount(work.session, Customer.id.in_(touched))
    finally:
        await database.close()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"DELETE FROM {PLAIN}.purchases WHERE created_at > $1", START)
        for schema in ("public", PLAIN):
            await connection.execute(f"VACUUM ANALYZE {schema}.purchases, {schema}.customers")
    finally:
        await connection.close()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
