"""A larger company without the hours of loading it: a clone of a database, its rows copied by SQL.

Copy k of a customer has their purchases, participations and members, k days later by key (like UUIDv7 keys of
rows that come in day by day) and k minutes later by time. Regions, owners, departments and activities stay
as many as they were, so that each has so many times the customers.
"""

# ruff: noqa: S608 statements are put together from the constants of this file

from __future__ import annotations

import time
from urllib.parse import urlsplit

import asyncpg

from benchmarks.load import PLAIN

TABLES = ("customers", "customer_members", "purchases", "participations")
DAY = 86_400_000
"""Milliseconds, which the first 48 bits of a UUIDv7 count."""
COPIED = {
    "id": "pg_temp.later_key(id, {copy})",
    "customer_id": "pg_temp.later_key(customer_id, {copy})",
    "number": "number || '-{copy}'",
    "reference": "reference || '-{copy}'",
    "at": "at + {copy} * interval '1 minute'",
}
LATER_KEY = f"""
CREATE FUNCTION pg_temp.later_key(key uuid, copy int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(('x' || left(hex, 12))::bit(48)::bigint + copy * {DAY}::bigint), 12, '0')
          || right(hex, 20))::uuid
  FROM (SELECT replace(key::text, '-', '') AS hex) digits $$
"""
OURS = f"ANY(ARRAY{list(TABLES)}::regclass[])"
AWAY_AND_BACK = f"""
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = {OURS} AND contype = 'u'
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = {OURS} AND NOT indisunique
"""
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


async def grow(small: str, name: str, times: int) -> str:
    """Make the database `name`, `times` as large as the one at `small`. Gives its address."""
    started = time.perf_counter()
    parts = urlsplit(small)
    server = await asyncpg.connect(parts._replace(path="/postgres").geturl())
    try:
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {parts.path[1:]} STRATEGY file_copy")
    finally:
        await server.close()
    large = parts._replace(path=f"/{name}").geturl()
    # Foreign keys hold by construction: nobody has to look millions of rows up to hear it.
    how = {"session_replication_role": "replica", "maintenance_work_mem": "1GB"}
    connection = await asyncpg.connect(large, server_settings=how)
    try:
        await connection.execute(f"DROP SCHEMA {PLAIN} CASCADE")
        await connection.execute(LATER_KEY)
        secondary = await connection.fetch(AWAY_AND_BACK)
        for away, _ in secondary:
            await connection.execute(away)
        for table in TABLES:
            await _copy(connection, table, times)
        for _, back in secondary:
            await connection.execute(back)
        await connection.execute("VACUUM ANALYZE")
        count = await connection.fetchval("SELECT count(*) FROM customers")
    finally:
        await connection.close()
    print(f"copied to {count:,} customers in {time.perf_counter() - started:.0f} s", flush=True)
    return large


async def _copy(connection: asyncpg.Connection, table: str, times: int) -> None:
    columns = [row[0] for row in await connection.fetch(COLUMNS, table)]
    made = ", ".join(COPIED.get(column, column) for column in columns)
    await connection.execute(f"CREATE TEMPORARY TABLE original AS TABLE {table}")
    for copy in range(1, times):
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {made.format(copy=copy)} FROM original"
        )
    await connection.execute("DROP TABLE original")
