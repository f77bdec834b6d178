import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.postgres import PostgresError, PostgresServer

# Starts a server and is killed while it runs.
VICTIM = """
import sys, tempfile, time
from pathlib import Path
from tests.postgres import start_postgres

folder = Path(tempfile.mkdtemp(prefix="baoke-postgres-"))
print(start_postgres(folder).port, folder, flush=True)
time.sleep(60)
"""


@pytest_asyncio.fixture
async def connection(postgres: PostgresServer) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.dsn("postgres"))
    try:
        yield connection
    finally:
        await connection.close()


async def test_it_is_the_release_that_was_asked_for(
    connection: asyncpg.Connection,
    request: pytest.FixtureRequest,
) -> None:
    assert connection.get_server_version().major == request.config.getoption("--postgres")


async def test_it_speaks_utf8(connection: asyncpg.Connection) -> None:
    assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    assert await connection.fetchval("SELECT length('保客')") == len("保客")
    assert await connection.fetchval("SELECT $1::text", "保客 🙂") == "保客 🙂"


async def test_the_c_collation_sorts_by_code_point(connection: asyncpg.Connection) -> None:
    words = ["王", "b", "Z", "é", "a", "丁", "🙂", "_", "\uff21"]
    rows = await connection.fetch('SELECT w FROM unnest($1::text[]) AS w ORDER BY w COLLATE "C"', words)
    assert [row["w"] for row in rows] == sorted(words)


async def test_a_database_can_be_cloned_and_dropped(postgres: PostgresServer) -> None:
    postgres.create_database("origin")
    origin = await asyncpg.connect(postgres.dsn("origin"))
    await origin.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await origin.close()

    postgres.create_database("clone", template="origin")
    clone = await asyncpg.connect(postgres.dsn("clone"))
    assert await clone.fetchval("SELECT answer FROM kept") == 42

    postgres.drop_database("clone")  # though somebody is connected
    clone.terminate()
    postgres.drop_database("origin")
    postgres.drop_database("origin")  # though it is gone
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(postgres.dsn("clone"))


def test_what_the_server_refuses_is_reported(postgres: PostgresServer) -> None:
    with pytest.raises(PostgresError, match="does not exist"):
        postgres.create_database("orphan", template="nowhere")
    with pytest.raises(ValueError, match="plain database name"):
        postgres.create_database('x"; DROP DATABASE postgres; --')


def test_no_server_outlives_its_process(pytestconfig: pytest.Config) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM],
        cwd=pytestconfig.rootpath,
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        folder = Path(victim.stdout.readline().split()[1])
        assert (folder / "data" / "postmaster.pid").exists()
        victim.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
