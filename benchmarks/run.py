"""Measure the product beside PostGraphile, Mercurius and a floor written by hand; see README.md.

One PostgreSQL, one process each, rounds in which every server is measured once, in an order of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from benchmarks import processes
from benchmarks.install import WORK, database, install
from benchmarks.load import clean, load
from benchmarks.report import report
from benchmarks.targets import FLOOR, MERCURIUS, OURS, POSTGRAPHILE, SCOPED, Target, check, targets

HERE = Path(__file__).parent
SERVERS = f"{OURS},{SCOPED},{FLOOR},{POSTGRAPHILE},{MERCURIUS}"


@dataclass(frozen=True)
class Measure:
    """One server under one query, once. Times in ms, processor times in µs a request, memory in MiB."""

    query: str
    connections: int
    target: str
    rate: float
    p50: float
    p99: float
    bad: int
    cpu: float
    database_cpu: float
    memory: float


@dataclass(frozen=True)
class Bench:
    """Servers over one database. `seconds`: for one measure."""

    work: Path
    url: str
    found: Sequence[Target]
    postmaster: int
    seconds: int

    def measure(self, target: Target, query: str, connections: int, seconds: int | None = None) -> Measure:
        """Load a server for some seconds."""
        bodies = self.work / f"{target.name}-{query}.bodies".replace(" ", "-")
        if not bodies.exists():
            bodies.write_bytes(b"\n".join(target.bodies(query)) + b"\n")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "--timeout", "20s"]
        command += ["-s", str(HERE / "wrk.lua"), target.url, "--", str(bodies)]
        command += [target.token] if target.token else []
        server, postgres = processes.seconds(target.process.pid), processes.seconds(self.postmaster)
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 wrk
        server, postgres = (
            processes.seconds(target.process.pid) - server,
            processes.seconds(self.postmaster) - postgres,
        )
        read = orjson.loads(out.partition("RESULT ")[2])
        count = max(read["requests"], 1)
        return Measure(
            query,
            connections,
            target.name,
            rate=count / read["us"] * 1e6,
            p50=read["p50"] / 1e3,
            p99=read["p99"] / 1e3,
            bad=read["bad"],
            cpu=server / count * 1e6,
            database_cpu=postgres / count * 1e6,
            memory=processes.memory(target.process.pid),
        )

    def rounds(self, queries: Sequence[str], connections: Sequence[int], count: int) -> list[Measure]:
        """All measures. The first second of each server and query warms it up and is thrown away."""
        for target in self.found:
            for query in queries:
                self.measure(target, query, 8, 1)
        made: list[Measure] = []
        for number in range(count):
            asyncio.run(clean(self.url))
            for query in queries:
                for width in connections:
                    order = list(self.found)
                    random.shuffle(order)
                    made += [self.measure(target, query, width) for target in order]
            print(f"round {number + 1} of {count}, load {os.getloadavg()[0]:.2f}", flush=True)
        return made


def main(  # noqa: PLR0913, PLR0917 each is an option
    work: Annotated[Path, typer.Option(envvar="BENCH_WORK", help="Scratch folder.")] = WORK,
    url: Annotated[str, typer.Option("--database", help="A PostgreSQL database to fill and use.")] = "",
    servers: Annotated[str, typer.Option(help="Which, by comma.")] = SERVERS,
    queries: Annotated[str, typer.Option(help="Which, by comma.")] = "Q1,Q2,Q3,Q4,Q1c,Q2c",
    connections: Annotated[str, typer.Option(help="How many at once, by comma.")] = "1,8,32",
    count: Annotated[int, typer.Option("--rounds")] = 5,
    seconds: Annotated[int, typer.Option(help="For each measure.")] = 2,
    customers: Annotated[int, typer.Option(help="How many; other rows in proportion.")] = 50_000,
    plugins: Annotated[str, typer.Option(help="Plugins of ours that are on, by comma.")] = "",
    save: Annotated[Path | None, typer.Option("--json", help="Where to keep every measure.")] = None,
) -> None:
    """Set everything up, check that all servers answer alike, measure, print tables of ratios."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside, the servers end too
    install(work, peers=POSTGRAPHILE in servers or MERCURIUS in servers)
    for old in work.glob("*.bodies"):
        old.unlink()
    asked, widths = queries.split(","), [int(width) for width in connections.split(",")]
    with nullcontext(url) if url else database(work) as where:
        asyncio.run(load(where, customers))
        asyncio.run(clean(where))
        with targets(work, where, servers.split(","), plugins) as found:
            check(found, asked)
            bench = Bench(work, where, found, asyncio.run(processes.postmaster(where)), seconds)
            made = bench.rounds(asked, widths, count)
    if save:
        save.write_bytes(orjson.dumps([asdict(one) for one in made]))
    report(made)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
