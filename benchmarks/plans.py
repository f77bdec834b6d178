"""PostgreSQL's generic plan of a statement against its custom one: as they are asked, and as they run."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from benchmarks.bench import READS, Bench, best
from core.access.viewer import Viewer
from schema.compiler.program import Program

MODES = ("force_custom_plan", "force_generic_plan")
TRIES = 30


async def plans(bench: Bench, url: str) -> None:
    """Times of both, planning included, and of their execution alone as the database gives it."""
    for role, viewer in bench.viewers.items():
        for name in READS:
            asked, run = [], []
            for mode in MODES:
                settings = {"timezone": "UTC", "jit": "off", "plan_cache_mode": mode}
                connection = await asyncpg.connect(url, server_settings=settings)

                async def once(seed: int, connection: Any = connection) -> None:
                    program, arguments = _prepared(bench, name, viewer, seed)  # noqa: B023
                    await connection.fetchval(program.sql, *arguments)

                asked.append(await best(once) * 1e3)
                run.append(await _execution(connection, bench, name, viewer))
                await connection.close()
            print(
                f"plans {name} {role}: custom {asked[0]:.2f} ms, generic {asked[1]:.2f} ms, ratio"
                f" {max(asked) / min(asked):.2f}; run in {run[0]:.2f} and {run[1]:.2f} ms, ratio"
                f" {max(run) / min(run):.2f} (target 1.5)"
            )


def _prepared(bench: Bench, name: str, viewer: Viewer, seed: int) -> tuple[Program, list[Any]]:
    document, given = bench.request(name, seed)
    variables, shape = bench.engine.documents.coerce(document, given)
    program = bench.engine.read(document, variables, shape, viewer).program
    assert program  # noqa: S101 these are compiled
    return program, program.arguments(variables, viewer)


async def _execution(connection: Any, bench: Bench, name: str, viewer: Viewer) -> float:
    """The shortest time in ms that the plan runs, without planning."""
    found = []
    for seed in range(TRIES):
        program, arguments = _prepared(bench, name, viewer, seed)
        if not seed:
            await connection.execute(f"PREPARE asked AS {program.sql}")
        values = f"({', '.join(map(_literal, arguments))})" if arguments else ""
        said = await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked{values}")
        found.append(orjson.loads(said)[0]["Execution Time"])
    await connection.execute("DEALLOCATE asked")
    return min(found)


def _literal(value: Any) -> str:
    """As SQL writes it; the values are the benchmark's own."""
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return f"'{{{','.join(map(str, value))}}}'"
    if isinstance(value, bytes):
        return rf"'\x{value.hex()}'"
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return "'" + text.replace("'", "''") + "'" if isinstance(value, str | UUID | dt.date) else text
