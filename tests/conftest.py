"""What all tests share."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import address, copied, database, make, origins, sqlite_template
from tests.greenlets import follow_greenlets
from tests.postgres import RELEASES, PostgresServer, start_postgres

__all__ = [
    "address",
    "copied",
    "database",
    "make",
    "origins",
    "postgres",
    "sqlite_template",
]

# `ci` tries the same examples every time: a red build is about the change, not about luck.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=50)
os.environ["BAOKE_PLUGINS"] = ""  # noqa: TID251  # who tests with plugins names them
settings.load_profile("ci" if os.environ.get("CI") else "dev")  # noqa: TID251


MEMORY = Path("/dev/shm")  # noqa: S108  # only where files would lie in /tmp otherwise
ROOM = 4 * 2**30
"""Bytes that must be free there; each worker takes less than one gigabyte of them."""


def pytest_configure() -> None:
    """Files lie in memory where there is room: databases are many and small, and copying them is dear."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    there = os.statvfs(MEMORY)
    if there.f_bavail * there.f_frsize >= ROOM and not there.f_flag & os.ST_NOEXEC:  # programs lie there too
        tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)  # noqa: TID251  # for processes that are started


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        type=int,
        choices=sorted(RELEASES),
        default=min(RELEASES),
        help="the release of PostgreSQL to test with (the oldest one unless told)",
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """After coverage began, which in workers of xdist is in this very hook."""
    follow_greenlets()
    gc.disable()  # importing leaves little to collect


def pytest_collection_finish() -> None:
    """Modules stay: otherwise each full collection of garbage walks over them, a third of a second long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A server for the session, started when the first test asks; each worker of xdist has its own."""
    # Not below pytest's own temporary folder: as root that one is closed to the user who runs the server.
    folder = Path(tempfile.mkdtemp(prefix="baoke-postgres-"))
    server = start_postgres(folder, request.config.getoption("--postgres"))
    try:
        yield server
    finally:
        server.stop()
