"""A migrated database for each test that asks, on both systems: cloned from one migrated once a session."""

import asyncio
import datetime as dt
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.clock import UTC, HeldClock
from core.db.database import Database
from core.db.migrate import migrate
from core.db.sealing import development_sealer
from core.ids import SeededIds
from tests.postgres import PostgresServer

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TEMPLATE = "migrated_template"


def open_database(url: str) -> Database:
    clock = HeldClock(NOW)
    return Database(url, clock=clock, ids=SeededIds(1, clock), sealer=development_sealer())


def migrate_now(url: str) -> None:
    async def run() -> None:
        database = open_database(url)
        await migrate(database)
        await database.close()

    asyncio.run(run())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("databases") / "below" / "template.db"
    migrate_now(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> Iterator[PostgresServer]:
    postgres.create_database(TEMPLATE)
    migrate_now(postgres.dsn(TEMPLATE))
    yield postgres
    postgres.drop_database(TEMPLATE)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where this test's migrated database lies."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "core.db")
        yield f"sqlite:///{tmp_path / 'core.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_template")
    name = f"test_{uuid.uuid4().hex}"  # noqa: TID251  # a name that no other worker takes
    server.create_database(name, TEMPLATE)
    yield server.dsn(name)
    server.drop_database(name)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    opened = open_database(address)
    yield opened
    await opened.close()
