"""Clones of one PostgreSQL database, used again: restoring one takes a tenth of the time of making one.

Each is watched over one connection that stays: a new one would spend more on getting to know the tables.
"""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

OURS = 16_384
"""Where the object ids of what users make begin."""
CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_constraint", "pg_db_role_setting", "pg_default_acl", "pg_depend"),
    *("pg_extension", "pg_index", "pg_namespace", "pg_policy", "pg_proc", "pg_rewrite", "pg_sequence"),
    *("pg_statistic", "pg_trigger", "pg_type"),
)
"""Whatever is made, changed or measured leaves a younger row in one of these, or one row less."""
# Where a table has no page, it has no row; most have none.
TABLES = """select quote_ident(nspname) || '.' || quote_ident(relname), pg_relation_size(c.oid) > 0
from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind in ('r', 'p') and nspname not in ('pg_catalog', 'information_schema') order by 1"""
# Not how old the rows of pg_class are: tables that are emptied get younger ones.
NAMES = f"select string_agg(oid || ' ' || relname, ',' order by oid) from pg_class where oid >= {OURS}"  # noqa: S608
SEQUENCES = (
    "select string_agg(sequencename || ' ' || coalesce(last_value, 0), ',' order by 1) from pg_sequences"
)
STRANGERS = """select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""
LOOK, PATIENCE = 0.002, 10.0
"""Seconds between two looks whether they are gone (PostgreSQL's own wait takes a tenth), and in all."""
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
    """Databases that are each what the template is, handed out one at a time. Not to be called in a loop."""

    server: PostgresServer
    template: str
    free: list[str] = field(default_factory=list)
    original: Contents | None = None
    rows: dict[str, bytes] = field(default_factory=dict)
    """What stands in the template's tables, as PostgreSQL copies it."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    connections: dict[str, asyncpg.Connection] = field(default_factory=dict)

    def take(self) -> str:
        """The name of a database that is what the template is."""
        if self.original is None:  # first, for nobody may be connected to the template while it is cloned
            self.loop.run_until_complete(self._read())
        if self.free:
            return self.free.pop()
        name = f"test_{uuid.uuid4().hex}"  # noqa: TID251  # a name that no other worker takes
        self.server.create_database(name, self.template)
        return name

    def give_back(self, name: str) -> None:
        """Restore it; one that then is not what the template is, is dropped."""
        try:
            restored = self.loop.run_until_complete(self._restored(name))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # it was lost, or its connection was
            restored = False
        if restored:
            self.free.append(name)
        else:
            if name in self.connections:
                self.connections.pop(name).terminate()
            self.server.drop_database(name)

    def close(self) -> None:
        """Hang up; the databases go with the server."""
        for connection in self.connections.values():
            connection.terminate()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

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
        connection = await self._connected(name)
        await _alone(connection)
        now, original = await contents(connection), self.original
        if original is None or now.objects != original.objects:
            return False
        changed = [table for table, rows in now.rows if (table, rows) not in original.rows]
        if changed:
            await connection.execute("".join(f"delete from {table};" for table in changed))  # noqa: S608
            await connection.execute(f"vacuum (skip_database_stats) {', '.join(changed)}")
            await self._copy(connection, changed)
            await connection.execute(UNMEASURED, changed)
        if now.sequences != original.sequences:
            await connection.execute(RESTARTED)
        elif not changed:
            return True
        return await contents(connection) == original

    async def _connected(self, name: str) -> asyncpg.Connection:
        if name not in self.connections:
            made = self.connections[name] = await asyncpg.connect(self.server.dsn(name))
            await made.execute("set session_replication_role = replica")  # neither triggers nor references
        return self.connections[name]

    async def _copy(self, connection: asyncpg.Connection, tables: list[str]) -> None:
        for table in (table for table in tables if table in self.rows):
            schema, _, name = table.replace('"', "").partition(".")
            await connection.copy_to_table(name, schema_name=schema, source=io.BytesIO(self.rows[table]))


@contextmanager
def clones_of(server: PostgresServer, template: str) -> Iterator[Clones]:
    """While the block runs."""
    made = Clones(server, template)
    try:
        yield made
    finally:
        made.close()


async def _alone(connection: asyncpg.Connection) -> None:
    """Send away who else is connected, and wait until they are gone."""
    async with asyncio.timeout(PATIENCE):
        while await connection.fetchval(STRANGERS):  # noqa: ASYNC110  # nothing tells when a process is gone
            await asyncio.sleep(LOOK)


async def contents(connection: asyncpg.Connection) -> Contents:
    """What the database of a connection is."""
    counted = [f"(select count(*) || ' ' || max(xmin::text::bigint) from {name})" for name in CATALOGS]  # noqa: S608
    objects = await connection.fetchval(f"select concat_ws('|', ({NAMES}), {', '.join(counted)})")
    tables = [(name, written) for name, written in await connection.fetch(TABLES)]
    digest = "select md5(string_agg(t::text, '|' order by t::text))"
    found = [f"({digest} from {name} t)" for name, written in tables if written]
    digests = iter(await connection.fetchval(f"select array[{', '.join(found)}]::text[]"))
    rows = tuple((name, next(digests) or "" if written else "") for name, written in tables)
    return Contents(objects, rows, await connection.fetchval(SEQUENCES))
