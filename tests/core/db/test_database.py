"""How a write ends that the database could not do (PRM-10)."""

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core.db.database import Database
from core.db.failures import told
from core.errors import Timeout, Unavailable
from tests.databases import open_database
from tests.postgres import PostgresServer


async def run(database: Database, *statements: str) -> None:
    async with database.unit_of_work() as work:
        for statement in statements:
            await work.session.execute(sa.text(statement))


async def test_postgresql_too_slow_locked_or_away(postgres: PostgresServer) -> None:
    database, nowhere = open_database(postgres.dsn()), open_database(postgres.dsn("nowhere"))
    with pytest.raises(Timeout):
        await run(database, "SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)")
    async with database.unit_of_work() as work:
        await work.session.execute(sa.text("LOCK TABLE pg_catalog.pg_shdescription"))
        with pytest.raises(Unavailable):
            await run(database, "SET LOCAL lock_timeout = 20", "LOCK TABLE pg_catalog.pg_shdescription")
    with pytest.raises(Unavailable):
        await run(nowhere, "SELECT 1")
    with pytest.raises(DBAPIError):  # a defect of ours stays one
        await run(database, "SELECT 1 / 0")
    for opened in (database, nowhere):
        await opened.close()


def test_a_connection_in_the_middle_of_being_lost_is_away() -> None:
    assert isinstance(told(asyncpg.InternalClientError("another operation is in progress")), Unavailable)
    defect = asyncpg.DataError("a value that does not fit its parameter")
    assert told(defect) is defect
