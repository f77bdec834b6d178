"""What processes use, read from Linux's /proc: steadier than rates where other work shares the processors."""

from __future__ import annotations

import os
from pathlib import Path

import asyncpg

TICK = 1 / os.sysconf("SC_CLK_TCK")
PARENT, OWN, WAITED = 1, slice(11, 13), slice(13, 15)


def memory(pid: int) -> float:
    """Resident memory in MiB."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def seconds(pid: int) -> float:
    """Processor time of a process and of all that it started, so far."""
    spent = sum(map(int, [*_stat(pid)[OWN], *_stat(pid)[WAITED]])) * TICK
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return spent + sum(map(_alive, children))


async def postmaster(url: str) -> int:
    """The process that all connections to a PostgreSQL of this machine belong to."""
    connection = await asyncpg.connect(url)
    backend: int = await connection.fetchval("SELECT pg_backend_pid()")
    found = int(_stat(backend)[PARENT])
    await connection.close()
    return found


def _alive(pid: str) -> float:
    try:
        return seconds(int(pid))
    except OSError:  # it ended meanwhile
        return 0.0


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
