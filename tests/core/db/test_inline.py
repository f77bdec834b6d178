"""Lookups in SQLite hold the loop for a moment at most; what they can't do is done elsewhere (PRM-10)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db import inline
from core.db.inline import LONGEST, Inline
from core.db.readers import SqliteReader
from core.errors import Timeout, Unavailable

LOOKUP = "SELECT CAST(name AS BLOB) FROM things WHERE id = ?"
COUNT = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    SELECT CAST(count(*) AS BLOB) FROM n"""
LONG, FOR_EVER = 200_000, 10**12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one thing in it."""
    found = tmp_path / "things.db"
    with sqlite3.connect(found) as made:
        made.execute("PRAGMA journal_mode = wal")
        made.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
        made.execute("INSERT INTO things VALUES (1, '保客')")
    made.close()
    return found


@pytest.fixture
async def reader(path: Path) -> AsyncIterator[SqliteReader]:
    """One thread."""
    made = SqliteReader(path, 1, 1)
    yield made
    await made.close()


async def test_a_lookup_waits_for_no_thread(reader: SqliteReader) -> None:
    busy = asyncio.create_task(reader.rows(COUNT, [FOR_EVER]))
    await asyncio.sleep(0.05)
    assert await reader.value(LOOKUP, [1], brief=True) == "保客".encode()
    assert not busy.done()
    with pytest.raises(Timeout):
        await busy


async def test_it_sees_what_was_committed(reader: SqliteReader, path: Path) -> None:
    for name in ("一", "二"):
        with sqlite3.connect(path) as other:
            other.execute("UPDATE things SET name = ?", [name])
        other.close()
        assert await reader.value(LOOKUP, [1], brief=True) == name.encode()


def test_what_takes_longer_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Inline(path)
    assert asked.value(COUNT, [FOR_EVER]) is None
    assert asked.value(LOOKUP, [1]) == "保客".encode()
    monkeypatch.setattr(inline, "BUDGET", 60)
    assert asked.value(COUNT, [LONG]) == str(LONG).encode()
    asked.close()


async def test_what_takes_longer_is_done_elsewhere(reader: SqliteReader) -> None:
    assert await reader.value(COUNT, [LONG], brief=True) == str(LONG).encode()


def test_a_large_schema_and_a_new_one(path: Path) -> None:
    """Reading it takes longer than a lookup may, and has to be done once all the same."""
    asked = Inline(path)
    for part in range(2):
        with sqlite3.connect(path) as other:
            for i in range(500):
                other.execute(f"CREATE TABLE t{part}_{i} (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT)")
        other.close()
        assert [asked.value(LOOKUP, [1]) for _ in range(20)].count("保客".encode()) > 10
    asked.close()


def test_long_statements_and_closed_connections_are_left_to_others(path: Path) -> None:
    asked = Inline(path)
    assert asked.value(f"{LOOKUP} --{'-' * LONGEST}", [1]) is None
    assert asked.value(LOOKUP, [1]) == "保客".encode()
    asked.close()
    assert asked.value(LOOKUP, [1]) is None


async def test_errors_are_as_ever(reader: SqliteReader) -> None:
    with pytest.raises(Unavailable):
        await reader.value("SELECT name FROM nothing WHERE id = ?", [1], brief=True)
    with pytest.raises(sqlite3.ProgrammingError):
        await reader.value(LOOKUP, [], brief=True)


def test_it_cannot_write(path: Path) -> None:
    asked = Inline(path)
    assert asked.value("DELETE FROM things RETURNING 'gone'", []) is None
    assert asked.value(LOOKUP, [1]) == "保客".encode()
    asked.close()


async def test_nobody_waits_for_a_lock(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = delete")  # there a writer locks readers out
    other.execute("BEGIN EXCLUSIVE")
    asked = Inline(path)
    assert asked.value(LOOKUP, [1]) is None
    assert asked._connection is not None
    assert asked._connection.execute("PRAGMA busy_timeout").fetchone() == (0,)
    other.execute("ROLLBACK")
    other.close()
    assert asked.value(LOOKUP, [1]) == "保客".encode()
    asked.close()
