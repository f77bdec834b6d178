"""From 50,000 to 1,000,000 customers: what slows down, and what a page costs however deep it lies.

Both databases are asked in turn in one run, in process; times are the best of many tries, beside them the
median. A statement that is stopped counts with the seconds that it had.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.grow import grow
from benchmarks.install import WORK, database
from benchmarks.load import load
from benchmarks.micro import DEEP, LATEST_FIRST, PURCHASES, READS, Bench, race
from benchmarks.queries import EIGHT
from core.errors import Timeout

ROLES = "leader", "account_manager"
VERY_DEEP = 1_000_000
REQUESTS = 12
"""So many different ones of a query, asked again and again: a page that nobody read yet says little."""
BY_NAME = "SELECT name, id FROM customers ORDER BY name, id"


def customers(more: str = "") -> str:
    """A page of customers; `more`: further arguments."""
    return (
        f"query Page($first: Int!, $after: String) {{ customers(first: $first, after: $after{more})"
        f" {{ nodes {{ {EIGHT} }} pageInfo {{ endCursor }} }} }}"
    )


async def page(bench: Bench, *asked: Any, **more: Any) -> None:
    """A page of a list, if it comes in time."""
    with suppress(Timeout):
        await bench.page(*asked, **more)


def say(what: str, mine: list[float], base: list[float], target: float | None = None) -> None:
    """One line: the best and the median of both, and their ratios."""
    middle, middle_base = mine[len(mine) // 2], base[len(base) // 2]
    print(
        f"{what}: {mine[0] * 1e3:.2f} ms against {base[0] * 1e3:.2f}, ratio {mine[0] / base[0]:.2f}"
        f"{f' (target {target})' if target else ''}; medians {middle * 1e3:.2f} against"
        f" {middle_base * 1e3:.2f}, ratio {middle / middle_base:.2f}",
        flush=True,
    )


async def reads(small: Bench, large: Bench) -> None:
    """Q1 to Q3 on the large database against the small one."""
    for role in ROLES:
        for name in READS:
            mine, base = await race(
                lambda seed: large.ask(name, role, seed % REQUESTS),  # noqa: B023
                lambda seed: small.ask(name, role, seed % REQUESTS),  # noqa: B023
            )
            say(f"{name} {role}, large against small", mine, base, 1.3)


async def scopes(bench: Bench) -> None:
    """Pages of customers: who sees by owner, team and department against who sees everything."""
    cursor = await bench.cursor(customers(), BY_NAME, DEEP)
    for what, text, after in (
        ("first page of customers", customers(), None),
        ("first page of a region", customers(', where: {region: {eq: "region 7"}}'), None),
        (f"page of customers at depth {DEEP:,}", customers(), cursor),
    ):
        mine, base = await race(
            lambda _: page(bench, text, "account_manager", after=after),  # noqa: B023
            lambda _: page(bench, text, after=after),  # noqa: B023
        )
        say(f"{what}, account manager against leader", mine, base, 1.5)
    own, base = await race(
        lambda _: page(bench, customers(", scope: OWN"), "account_manager"),
        lambda _: page(bench, customers()),
    )
    say("first page of one's own customers against the leader's of all", own, base)


async def depths(bench: Bench) -> None:
    """Pages of purchases far down against the first."""
    cursors = [await bench.cursor(PURCHASES, LATEST_FIRST, depth) for depth in (DEEP, VERY_DEEP)]
    for role in ROLES:
        first, *deep = await race(
            *(
                lambda _, after=after: page(bench, PURCHASES, role, after=after)  # noqa: B023
                for after in (None, *cursors)
            )
        )
        for depth, times in zip((DEEP, VERY_DEEP), deep, strict=True):
            say(f"purchases at depth {depth:,} against the first page, {role}", times, first, 1.2)


async def counts(small: Bench, large: Bench) -> None:
    """`totalCount`, which has to count."""
    for root in ("customers", "purchases"):
        text = f"query Page($first: Int!) {{ {root}(first: $first) {{ nodes {{ id }} totalCount }} }}"
        for role in ROLES:
            mine, base = await race(
                lambda _: page(large, text, role),  # noqa: B023
                lambda _: page(small, text, role),  # noqa: B023
                tries=10,
            )
            say(f"totalCount of {root} {role}, large against small", mine, base)


async def _run(url: str, count: int, times: int) -> None:
    await load(url, count)
    small, large = Bench(url), Bench(await grow(url, f"larger_{times}", times))
    for bench in (small, large):
        await bench.open()
    await reads(small, large)
    await scopes(large)
    await depths(large)
    await counts(small, large)
    for bench in (small, large):
        await bench.app.database.close()


def main(
    work: Annotated[Path, typer.Option(envvar="BENCH_WORK", help="Scratch folder.")] = WORK,
    count: Annotated[int, typer.Option("--customers", help="Of the small company.")] = 50_000,
    times: Annotated[int, typer.Option(help="How many times as large the large one is.")] = 20,
) -> None:
    """Print every measure with its target."""
    work.mkdir(parents=True, exist_ok=True)
    with database(work) as url:
        asyncio.run(_run(url, count, times))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
