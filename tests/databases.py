"""A database for each test that asks, on both systems: it is migrated, and filled, once a session."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import UTC, HeldClock
from core.db.database import Database
from core.db.migrate import CORE, Owner, migrate
from core.db.sealing import development_sealer
from core.ids import SeededIds
from tests.recycling import Clones, clones_of

if TYPE_CHECKING:  # processes that only open a database are not to import what starts one
    from tests.postgres import PostgresServer

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SYSTEMS = ("sqlite", "postgres")
Make = Callable[[str], Coroutine[Any, Any, Any]]
"""Migrates and fills the empty database at an address; what it returns is told to whoever has a copy."""
Copied = tuple[str, Any]
"""Where a copy lies, and what was told of it."""


@dataclass
class Origins:
    """Databases made once a session, of which tests get copies; on the server they end with it."""

    folder: Path
    postgres: Callable[[], PostgresServer]
    files: dict[Make, tuple[Path, Any]] = field(default_factory=dict)
    clones: dict[Make, tuple[Clones, Any]] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def copy(self, system: str, make: Make, folder: Path) -> Iterator[Copied]:
        """A copy of what `make` made, and what that returned; SQLite's lies in the folder."""
        if system == "sqlite":
            file, told = self.file(make)
            yield f"sqlite:///{shutil.copy(file, folder / 'core.db')}", told
            return
        clones, told = self._clones(make)
        name = clones.take()
        yield clones.server.dsn(name), told
        clones.give_back(name)

    def file(self, make: Make) -> tuple[Path, Any]:
        """The path of the SQLite file that `make` made, to be copied, and what that returned."""
        if make not in self.files:
            path = self.folder / f"{len(self.files)}.db"
            self.files[make] = path, asyncio.run(make(f"sqlite:///{path}"))
        return self.files[make]

    def _clones(self, make: Make) -> tuple[Clones, Any]:
        if make not in self.clones:
            server, name = self.postgres(), f"origin_{uuid.uuid4().hex}"  # noqa: TID251  # no other worker's
            server.create_database(name)
            told = asyncio.run(make(server.dsn(name)))
            self.clones[make] = self.open.enter_context(clones_of(server, name)), told
        return self.clones[make]


def open_database(url: str, drawn: int = 0) -> Database:
    """A database whose clock stands, and whose ids follow those that were drawn."""
    clock = HeldClock(NOW)
    database = Database(url, clock=clock, ids=SeededIds(1, clock), sealer=development_sealer())
    for _ in range(drawn):
        database.ids.new()
    return database


def drawn_from(database: Database) -> int:
    """How many ids were drawn."""
    assert isinstance(database.ids, SeededIds)
    return database.ids._count


async def migrated(url: str, owners: Sequence[Owner] = (CORE,)) -> None:
    """Empty tables."""
    database = open_database(url)
    await migrate(database, owners)
    await database.close()


@pytest.fixture(scope="session")
def origins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origins]:
    made = Origins(tmp_path_factory.mktemp("origins"), lambda: request.getfixturevalue("postgres"))
    with made.open:
        yield made


@pytest.fixture(scope="session")
def sqlite_template(origins: Origins) -> Path:
    """A migrated file, to be copied."""
    return origins.file(migrated)[0]


@pytest.fixture
def make() -> Make:
    """What fills the database of a test."""
    return migrated


@pytest.fixture(params=SYSTEMS)
def copied(request: pytest.FixtureRequest, origins: Origins, make: Make, tmp_path: Path) -> Iterator[Copied]:
    """A database of the test's own."""
    with origins.copy(request.param, make, tmp_path) as one:
        yield one


@pytest.fixture
def address(copied: Copied) -> str:
    """Where it lies."""
    return copied[0]


@pytest.fixture
async def database(copied: Copied) -> AsyncIterator[Database]:
    """It, opened; its ids follow those that were drawn when it was filled."""
    address, told = copied
    opened = open_database(address, getattr(told, "drawn", 0))
    yield opened
    await opened.close()
