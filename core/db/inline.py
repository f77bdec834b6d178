"""Lookups in SQLite that are answered at once, in the event loop's own thread."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.db.search.text import FUNCTIONS

BUDGET = 0.001
"""Seconds that a lookup may hold the loop."""
LONGEST = 5_000
"""Most characters of a statement: preparing a longer one takes longer than that, once."""
STEPS = 500
"""Instructions of SQLite's machine between two looks at the clock, about 13 µs."""
SCHEMA = "SELECT 1 FROM sqlite_schema LIMIT 0"
PRAGMAS = ("query_only = on", "foreign_keys = on", "mmap_size = 268435456")
"""What a connection that reads is set to."""


class Inline:
    """One connection, for what takes less time than waking a thread. It can't write."""

    def __init__(self, path: Path) -> None:
        """It is opened when first needed."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._until = math.inf
        self._closed = False

    def value(self, sql: str, args: Sequence[Any]) -> bytes | None:
        """First column of the first row. None where it takes longer, is locked or fails: ask elsewhere."""
        if self._closed or len(sql) > LONGEST:
            return None
        try:
            connection = self._connection or self._open()
            # It is read anew after a change, and what is cut short would begin anew: not within the budget.
            self._until = math.inf
            connection.execute(SCHEMA)
            self._until = time.perf_counter() + BUDGET
            found: bytes = connection.execute(sql, args).fetchall()[0][0]
        except sqlite3.Error:
            return None
        return found

    def _open(self) -> sqlite3.Connection:
        made = sqlite3.connect(
            self._path, timeout=0, isolation_level=None, cached_statements=500, check_same_thread=False
        )
        self._connection = made
        for name, function in FUNCTIONS:
            made.create_function(name, 1, function, deterministic=True)
        for pragma in PRAGMAS:
            made.execute(f"PRAGMA {pragma}")
        made.set_progress_handler(lambda: time.perf_counter() > self._until, STEPS)
        return made

    def close(self) -> None:
        """Close the connection. Lookups are asked elsewhere from now on."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
