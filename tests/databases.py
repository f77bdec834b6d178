"""A migrated database for each test that asks, on both systems: one is migrated once a session."""

import asyncio
import datetime as dt
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.clock import UTC, HeldClock
from core.db.database import Database
from core.db.migrate import migrate
from core.db.sealing import development_sealer
from core.ids import SeededIds
from tests.postgres import PostgresServer
from tests.recycling import Clones

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


@pytest.fixture(scope="session")
def postgres_clones(postgres_template: PostgresServer) -> Clones:
    return Clones(postgres_template, TEMPLATE)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where this test's migrated database lies."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "core.db")
        yield f"sqlite:///{tmp_path / 'core.db'}"
        return
    clones: Clones = request.getfixturevalue("postgres_clones")
    name = clones.take()
    yield clones.server.dsn(name)
    clones.give_back(name)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    opened = open_database(address)
    yield opened
    await opened.close()
