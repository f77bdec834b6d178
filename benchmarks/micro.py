"""Small measures of the product alone: compiling, the way of a cached request, pages, plans, SQLite.

Times are the best of many tries: what else the machine does only adds to them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import aiosqlite
import asyncpg
import orjson
import strawberry
import typer

from benchmarks.install import WORK, database
from benchmarks.load import load, settings_for
from benchmarks.queries import DIALECTS
from benchmarks.rows import LEADER, MANAGER, SEED
from benchmarks.sqlite_floor import STATEMENTS
from core.access.viewer import Viewer
from core.cli.token import holder_of
from core.db.sensitivity import INTERNAL
from core.identity.tokens import sign_development_token
from schema.application import build
from schema.compiler.documents import Document
from schema.vocabulary import batch
from schema.vocabulary.extensions import Extension
from schema.vocabulary.targets import BatchContext

READS = ("Q1", "Q2", "Q3")
TRIES, SECONDS, DEEP, PAGE = 60, 20.0, 100_000, 50
PURCHASES = """query Page($first: Int!, $after: String) { purchases(first: $first, after: $after)
  { nodes { id at amount { amount currency } channel } pageInfo { endCursor } } }"""

LATEST_FIRST = "SELECT at, id FROM purchases ORDER BY at DESC, id DESC"
"""The order of root `purchases`, for `Bench.cursor`."""


class Bench:
    """One application and the viewers who ask it."""

    def __init__(self, url: str, extensions: Sequence[Extension] = ()) -> None:
        self.app = build(settings_for(url), extensions=extensions)
        self.engine = self.app.engine
        self.viewers: dict[str, Viewer] = {}
        self.customers: list[Any] = []

    async def open(self) -> None:
        """Sign both roles in, and learn the customers' keys."""
        for role, number in (("leader", LEADER), ("account_manager", MANAGER)):
            holder = await holder_of(self.app.database, role, number)
            assert holder  # noqa: S101 the rows have both
            token = sign_development_token(self.app.settings, self.app.database.clock, holder.subject, role)
            self.viewers[role] = await self.app.sign_in(f"Bearer {token}".encode(), "en")
        rows = await self.app.database.reader.rows("SELECT id FROM customers ORDER BY id", ())
        self.customers = [_key(row[0]) for row in rows]

    def request(self, name: str, seed: int = SEED) -> tuple[Document, dict[str, Any]]:
        """The document and the variables of one request."""
        body = orjson.loads(DIALECTS["ours"].body(name, self.customers, random.Random(seed)))
        return self.engine.documents.get(body["query"], None), body["variables"]

    async def ask(self, name: str, role: str = "leader", seed: int = SEED, **how: Any) -> bytes:
        """The data of one answer."""
        document, given = self.request(name, seed)
        return (await self.engine.query(document, given, self.viewers[role], **how)).data

    async def page(
        self, text: str, role: str = "leader", first: int = PAGE, after: str | None = None
    ) -> bytes:
        """The data of a page of a list."""
        document = self.engine.documents.get(text, None)
        given = {"first": first, "after": after}
        return (await self.engine.query(document, given, self.viewers[role])).data

    async def cursor(self, text: str, order: str, depth: int) -> str:
        """Where the page behind so many rows begins; `order` selects the keys of the list's order."""
        (shown,) = orjson.loads(await self.page(text, first=1)).values()
        signature = orjson.loads(bytes.fromhex(shown["pageInfo"]["endCursor"]))[0]
        ((first, key),) = await self.app.database.reader.rows(f"{order} OFFSET {depth - 1} LIMIT 1", ())
        return orjson.dumps([signature, first, key.hex]).hex()


async def race(*acts: Callable[[int], Awaitable[Any]], tries: int = TRIES) -> list[list[float]]:
    """Times in seconds of each, the shortest first; they take turns, and the first few are left out."""
    times: list[list[float]] = [[] for _ in acts]
    ends = time.perf_counter() + SECONDS
    for number in range(tries + 5):
        if number > 1 and time.perf_counter() > ends:
            break
        for act, spent in zip(acts, times, strict=True):
            started = time.perf_counter()
            await act(number)
            spent.append(time.perf_counter() - started)
    return [sorted(spent[min(5, len(spent) // 2) :]) for spent in times]


async def best(act: Callable[[int], Awaitable[Any]], tries: int = TRIES) -> float:
    """The shortest time in seconds of one of these tries, the first few left out."""
    ((shortest, *_),) = await race(act, tries=tries)
    return shortest


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


async def plans(bench: Bench, url: str) -> None:
    """The statement under PostgreSQL's generic plan against its custom one."""
    for role, viewer in bench.viewers.items():
        for name in READS:
            times = {}
            for mode in ("force_custom_plan", "force_generic_plan"):
                settings = {"timezone": "UTC", "jit": "off", "plan_cache_mode": mode}
                connection = await asyncpg.connect(url, server_settings=settings)

                async def once(seed: int, connection: Any = connection) -> None:
                    document, given = bench.request(name, seed)  # noqa: B023
                    variables, shape = bench.engine.documents.coerce(document, given)
                    program = bench.engine.read(document, variables, shape, viewer).program  # noqa: B023
                    assert program  # noqa: S101 these are compiled
                    await connection.fetchval(program.sql, *program.arguments(variables, viewer))  # noqa: B023

                times[mode] = await best(once)
                await connection.close()
            custom, generic = times.values()
            print(
                f"plans {name} {role}: custom {custom * 1e3:.2f} ms, generic {generic * 1e3:.2f} ms,"
                f" ratio {max(custom, generic) / min(custom, generic):.2f} (target 1.5)"
            )


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


def _key(value: Any) -> Any:
    return value if isinstance(value, UUID) else UUID(hex=value)


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
