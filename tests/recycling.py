"""Clones of one PostgreSQL database, used again: restoring one takes a tenth of the time of making one."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg

from tests.postgres import PostgresServer

T = TypeVar("T")
OURS = 16_384
"""Where the object ids of what users make begin."""
CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_constraint", "pg_db_role_setting", "pg_default_acl", "pg_depend"),
    *("pg_extension", "pg_index", "pg_namespace", "pg_policy", "pg_proc", "pg_rewrite", "pg_sequence"),
    *("pg_statistic", "pg_trigger", "pg_type"),
)
"""Whatever is made, changed or measured leaves a younger row in one of these, or one row less."""
TABLES = """select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
where schemaname not in ('pg_catalog', 'information_schema') order by 1"""
# Not how old the rows of pg_class are: tables that are emptied get younger ones.
NAMES = f"select string_agg(oid || ' ' || relname, ',' order by oid) from pg_class where oid >= {OURS}"  # noqa: S608
SEQUENCES = (
    "select string_agg(sequencename || ' ' || coalesce(last_value, 0), ',' order by 1) from pg_sequences"
)
STRANGERS = """select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""
# As of tables that were never vacuumed, or other plans would be made for them.
UNMEASURED = """update pg_class set relpages = 0, reltuples = -1, relallvisible = 0
where oid = any($1::text[]::regclass[])"""
RESTARTED = """select setval(format('%I.%I', schemaname, sequencename), start_value, false) from pg_sequences
where last_value is not null"""


@dataclass(frozen=True)
class Contents:
    """What a database is: its objects, its tables with the rows that stand in some, its sequences."""

    objects: str
    rows: tuple[tuple[str, str], ...]
    sequences: str | None


@dataclass
class Clones:
    """Databases that are each what the template is, handed out one at a time."""

    server: PostgresServer
    template: str
    free: list[str] = field(default_factory=list)
    original: Contents | None = None
    rows: dict[str, bytes] = field(default_factory=dict)
    """What stands in the template's tables, as PostgreSQL copies it."""

    def take(self) -> str:
        """The name of a database that is what the template is."""
        return _wait(self.taken())

    def give_back(self, name: str) -> None:
        """Restore it; one that then is not what the template is, is dropped."""
        _wait(self.given_back(name))

    async def taken(self) -> str:
        """As `take`, for who has a loop."""
        if self.original is None:  # first, for nobody may be connected to the template while it is cloned
            await self._read()
        if self.free:
            return self.free.pop()
        name = f"test_{uuid.uuid4().hex}"  # noqa: TID251  # a name that no other worker takes
        self.server.create_database(name, self.template)
        return name

    async def given_back(self, name: str) -> None:
        """As `give_back`, for who has a loop."""
        if await self._restored(name):
            self.free.append(name)
        else:
            self.server.drop_database(name)

    async def _read(self) -> None:
        connection = await asyncpg.connect(self.server.dsn(self.template))
        try:
            self.original = await contents(connection)
            for table in (table for table, rows in self.original.rows if rows):
                copied = io.BytesIO()
                await connection.copy_from_query(f"table {table}", output=copied)
                self.rows[table] = copied.getvalue()
        finally:
            await connection.close()

    async def _restored(self, name: str) -> bool:
        connection = await asyncpg.connect(self.server.dsn(name))
        try:
            await connection.execute(STRANGERS)
            await connection.execute(
                "set session_replication_role = replica"
            )  # neither triggers nor references
            now, original = await contents(connection), self.original
            if original is None or now.objects != original.objects:
                return False
            changed = [table for table, rows in now.rows if (table, rows) not in original.rows]
            if changed:
                await connection.execute("".join(f"delete from {table};" for table in changed))  # noqa: S608
                await connection.execute(f"vacuum (skip_database_stats) {', '.join(changed)}")
                await self._copy(connection, changed)
                await connection.execute(UNMEASURED, changed)
            await connection.execute(RESTARTED)
            return await contents(connection) == original
        finally:
            await connection.close()

    async def _copy(self, connection: asyncpg.Connection, tables: list[str]) -> None:
        for table in (table for table in tables if table in self.rows):
            schema, _, name = table.replace('"', "").partition(".")
            await connection.copy_to_table(name, schema_name=schema, source=io.BytesIO(self.rows[table]))


async def contents(connection: asyncpg.Connection) -> Contents:
    """What the database of a connection is."""
    counted = [f"(select count(*) || ' ' || max(xmin::text::bigint) from {name})" for name in CATALOGS]  # noqa: S608
    objects = await connection.fetchval(f"select concat_ws('|', ({NAMES}), {', '.join(counted)})")
    names = [row[0] for row in await connection.fetch(TABLES)]
    digest = "select md5(string_agg(t::text, '|' order by t::text))"
    found = [f"({digest} from {name} t)" for name in names]
    rows = await connection.fetchval(f"select array[{', '.join(found)}]::text[]") if names else []
    sequences = await connection.fetchval(SEQUENCES)
    return Contents(objects, tuple((n, r or "") for n, r in zip(names, rows, strict=True)), sequences)


def _wait(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it; in a loop of its own, for tests have theirs."""
    with closing(asyncio.new_event_loop()) as loop:
        return loop.run_until_complete(work)
