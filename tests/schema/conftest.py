"""The same rows in a SQLite file and in PostgreSQL, loaded once a session."""

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.schema.rows import Rows, make
from tests.schema.world import World, fill

TEMPLATE = "schema_template"


@pytest.fixture(scope="session")
def rows() -> Rows:
    return make()


@pytest.fixture(scope="session")
def sqlite_file(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "rows.db"
    asyncio.run(fill(f"sqlite:///{path}", rows))
    return path


@pytest.fixture(scope="session")
def filled_postgres(rows: Rows, postgres: PostgresServer) -> Iterator[PostgresServer]:
    postgres.create_database(TEMPLATE)
    asyncio.run(fill(postgres.dsn(TEMPLATE), rows))
    yield postgres
    postgres.drop_database(TEMPLATE)


def _clone(server: PostgresServer) -> str:
    """A database like the filled one, to which nobody may be connected while it is cloned."""
    name = f"schema_{uuid.uuid4().hex}"  # noqa: TID251
    server.create_database(name, TEMPLATE)
    return name


@pytest.fixture(scope="session")
def world(rows: Rows, sqlite_file: Path, filled_postgres: PostgresServer) -> Iterator[World]:
    """For reading only."""
    name = _clone(filled_postgres)
    made = World({"sqlite": f"sqlite:///{sqlite_file}", "postgres": filled_postgres.dsn(name)}, rows)
    yield made
    made.close()
    filled_postgres.drop_database(name)


@pytest.fixture
def fresh(rows: Rows, sqlite_file: Path, filled_postgres: PostgresServer, tmp_path: Path) -> Iterator[World]:
    """A copy of its own for a test that writes."""
    file, name = tmp_path / "rows.db", _clone(filled_postgres)
    shutil.copy(sqlite_file, file)
    made = World({"sqlite": f"sqlite:///{file}", "postgres": filled_postgres.dsn(name)}, rows)
    yield made
    made.close()
    filled_postgres.drop_database(name)
