"""Small measures of the product alone: compiling, the way of a cached request, pages, plans, SQLite.

Times are the best of many tries: what else the machine does only adds to them.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import aiosqlite
import orjson
import strawberry
import typer

from benchmarks.bench import DEEP, LATEST_FIRST, PURCHASES, READS, Bench, best, race
from benchmarks.install import WORK, database
from benchmarks.load import load
from benchmarks.plans import plans
from benchmarks.sqlite_floor import STATEMENTS
from core.access.viewer import Viewer
from core.db.sensitivity import INTERNAL
from schema.vocabulary import batch
from schema.vocabulary.extensions import Extension
from schema.vocabulary.targets import BatchContext


def compile_times(bench: Bench) -> None:
    """Milliseconds to compile a plan once the process is warm."""
    for role, viewer in bench.viewers.items():
        for name in READS:
            document, given = bench.request(name)
            variables, _ = bench.engine.documents.coerce(document, given)
            times = []
            for _ in range(20):
                started = time.perf_counter()
                bench.engine._compile(document, variables, viewer, interpret=False)  # noqa: SLF001
                times.append(time.perf_counter() - started)
            print(f"compile {name} {role}: {min(times) * 1e3:.2f} ms (target 15)")


def cached_path(bench: Bench) -> None:
    """Microseconds of a cached request outside the database: document to arguments."""
    engine = bench.engine

    def once(text: str, given: dict[str, Any], viewer: Viewer) -> None:
        document = engine.documents.get(text, None)
        variables, shape = engine.documents.coerce(document, given)
        document.cost.check(variables, engine.settings.max_cost)
        read = engine.read(document, variables, shape, viewer)
        assert read.program  # noqa: S101 these are compiled
        read.program.arguments(variables, viewer)

    for role, viewer in bench.viewers.items():
        for name in READS:
            document, given = bench.request(name)
            times = []
            for _ in range(50):
                started = time.perf_counter()
                for _ in range(100):
                    once(document.text, given, viewer)
                times.append((time.perf_counter() - started) / 100)
            print(f"cached path {name} {role}: {min(times) * 1e6:.1f} µs (target 10)")


async def interpreter(bench: Bench) -> None:
    """Q3 by the executor's way, against the compiled one; Q3x goes that way by itself."""
    document, given = bench.request("Q3x")
    variables, shape = bench.engine.documents.coerce(document, given)
    assert bench.engine.read(document, variables, shape, bench.viewers["leader"]).program is None  # noqa: S101
    compiled = await best(lambda seed: bench.ask("Q3", seed=seed), 20)
    told = await best(lambda seed: bench.ask("Q3", seed=seed, interpret=True), 20)
    print(f"interpreter Q3: {told * 1e3:.2f} ms, compiled {compiled * 1e3:.2f} ms")


async def deep_page(bench: Bench) -> None:
    """A page of purchases behind a hundred thousand others, against the first."""
    cursor = await bench.cursor(PURCHASES, LATEST_FIRST, DEEP)
    (deep, *_), (shallow, *_) = await race(
        lambda _: bench.page(PURCHASES, after=cursor), lambda _: bench.page(PURCHASES)
    )
    print(
        f"page at depth {DEEP:,}: {deep * 1e3:.2f} ms, first page {shallow * 1e3:.2f} ms,"
        f" ratio {deep / shallow:.2f} (target 1.2)"
    )


async def _spend(context: BatchContext, keys: list[UUID]) -> list[int]:
    """What a plugin's batch resolver does at least: ask the database once for all keys."""
    rows = await context.rows("SELECT id, spend_minor FROM customers WHERE id = ANY($1)", [keys])
    found = {row[0]: row[1] for row in rows}
    return [found[key] for key in keys]


@strawberry.type
class _OnCustomer:
    batched: int | None = batch(_spend, INTERNAL, "By a statement of its own.")


async def batch_field(url: str) -> None:
    """Q2 with a plugin's batch field against Q2 without."""
    fields = _OnCustomer.__strawberry_definition__.fields  # type: ignore[attr-defined]
    bench = Bench(url, [Extension("benchmark", {"Customer": fields})])
    await bench.open()
    for role, viewer in bench.viewers.items():

        async def with_field(seed: int, viewer: Viewer = viewer) -> None:
            document, given = bench.request("Q2", seed)
            text = document.text.replace("purchaseCount", "purchaseCount batched")
            await bench.engine.query(bench.engine.documents.get(text, None), given, viewer)

        (more, *_), (less, *_) = await race(with_field, lambda seed: bench.ask("Q2", role, seed))  # noqa: B023
        print(
            f"batch field on Q2 {role}: {more * 1e3:.2f} ms, without {less * 1e3:.2f} ms,"
            f" ratio {more / less:.2f} (target 2)"
        )
    await bench.app.database.close()


async def sqlite(bench: Bench, path: Path) -> None:
    """SQLite: the whole of a read against a statement by hand through the same driver."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    await connection.execute("PRAGMA mmap_size = 268435456")
    for name in READS:

        async def by_hand(seed: int) -> bytes:
            _, given = bench.request(name, seed)  # noqa: B023
            value = given["id"].removeprefix("cus_") if "id" in given else given["region"]
            rows = await connection.execute_fetchall(STATEMENTS[name], (value,))  # noqa: B023
            text: bytes = next(iter(rows))[0].encode()
            return text

        if orjson.loads(await by_hand(1)) != orjson.loads(await bench.ask(name, seed=1)):
            raise AssertionError(name)
        floor = await best(by_hand)
        ours = await best(lambda seed: bench.ask(name, seed=seed))  # noqa: B023
        print(
            f"SQLite {name}: {ours * 1e3:.2f} ms, by hand {floor * 1e3:.2f} ms,"
            f" ratio {ours / floor:.2f} (target 1.5)"
        )
    await connection.close()


async def _run(url: str, path: Path, customers: int) -> None:
    await load(url, customers)
    bench = Bench(url)
    await bench.open()
    compile_times(bench)
    cached_path(bench)
    await interpreter(bench)
    await deep_page(bench)
    await plans(bench, url)
    await bench.app.database.close()
    await batch_field(url)
    address = f"sqlite:///{path}"
    await load(address, customers)
    bench = Bench(address)
    await bench.open()
    await sqlite(bench, path)
    await bench.app.database.close()


def main(
    work: Annotated[Path, typer.Option(envvar="BENCH_WORK", help="Scratch folder.")] = WORK,
    url: Annotated[str, typer.Option("--database", help="A PostgreSQL database to fill and use.")] = "",
    customers: Annotated[int, typer.Option(help="How many; other rows in proportion.")] = 50_000,
) -> None:
    """Print every measure with its target."""
    work.mkdir(parents=True, exist_ok=True)
    with nullcontext(url) if url else database(work) as where:
        asyncio.run(_run(where, work / "bench.db", customers))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
