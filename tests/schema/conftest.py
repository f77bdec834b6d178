"""The same rows in a SQLite file and in PostgreSQL, loaded once a session."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.databases import SYSTEMS, Origins
from tests.schema.rows import Rows, make
from tests.schema.world import World, fill

made = cache(make)


async def loaded(url: str) -> None:
    await fill(url, made())


@pytest.fixture(scope="session")
def rows() -> Rows:
    return made()


@contextmanager
def copy(origins: Origins, folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        urls = {name: stack.enter_context(origins.copy(name, loaded, folder))[0] for name in SYSTEMS}
        world = World(urls, made())
        stack.callback(world.close)
        yield world


@pytest.fixture(scope="session")
def world(origins: Origins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For reading only."""
    with copy(origins, tmp_path_factory.mktemp("schema")) as one:
        yield one


@pytest.fixture
def fresh(origins: Origins, tmp_path: Path) -> Iterator[World]:
    """A copy of its own for a test that writes."""
    with copy(origins, tmp_path) as one:
        yield one
