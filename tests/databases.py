"""A database for each test that asks, on both systems: it is migrated, and filled, once a session."""

import asyncio
import datetime as dt
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


SYSTEMS = ("sqlite", "postgres")
Make = Callable[[str], Coroutine[Any, Any, Any]]
"""Migrates and fills the empty database at an address; what it returns is told to whoever has a copy."""


@dataclass
class Origins:
    """Databases made once a session, of which tests get copies; on the server they end with it."""

    folder: Path
    postgres: Callable[[], PostgresServer]
    files: dict[Make, tuple[Path, Any]] = field(default_factory=dict)
    clones: dict[Make, tuple[Clones, Any]] = field(default_factory=dict)

    @contextmanager
    def copy(self, system: str, make: Make, folder: Path) -> Iterator[tuple[str, Any]]:
        """The address of a copy of what `make` made, and what that returned; SQLite's lies in the folder."""
        if system == "sqlite":
            file, told = self._file(make)
            yield f"sqlite:///{shutil.copy(file, folder / 'core.db')}", told
            return
        clones, told = self._clones(make)
        name = clones.take()
        yield clones.server.dsn(name), told
        clones.give_back(name)

    def _file(self, make: Make) -> tuple[Path, Any]:
        if make not in self.files:
            path = self.folder / f"{len(self.files)}.db"
            self.files[make] = path, asyncio.run(make(f"sqlite:///{path}"))
        return self.files[make]

    def _clones(self, make: Make) -> tuple[Clones, Any]:
        if make not in self.clones:
            server, name = self.postgres(), f"origin_{uuid.uuid4().hex}"  # noqa: TID251  # no other worker's
            server.create_database(name)
            told = asyncio.run(make(server.dsn(name)))
            self.clones[make] = Clones(server, name), told
        return self.clones[make]


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


@pytest.fixture(scope="session")
def origins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Origins:
    return Origins(tmp_path_factory.mktemp("origins"), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(params=SYSTEMS)
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
