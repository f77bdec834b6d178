"""From 50,000 to 1,000,000 customers: what slows down, and what a page costs however deep it lies.

Both databases are asked in turn in one run, in process; times are the best of many tries, beside them the
median. A statement that is stopped counts with the seconds that it had.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from benchmarks.bench import DEEP, LATEST_FIRST, PURCHASES, READS, Bench, race
from benchmarks.grow import grow
from benchmarks.install import WORK, database
from benchmarks.load import load
from benchmarks.queries import EIGHT
from core.errors import Timeout
from core.identity.tokens import sign_development_token

ROLES = "leader", "account_manager"
VERY_DEEP = 1_000_000
REQUESTS = 12
"""So many different ones of a query, asked again and again: a page that nobody read yet says little."""
FEW, UNIT = "few", "unit"
DEPARTMENT = """INSERT INTO departments (id, name, kind, parent_id, created_at)
SELECT gen_random_uuid(), 'few', kind, id, now() FROM departments WHERE id = $1 RETURNING id"""
EMPLOYEE = """INSERT INTO employees (id, name, staff_number, subject, department_id, created_at)
VALUES (gen_random_uuid(), $1, $1, $1, $2, now()) RETURNING id"""
ROLE = "INSERT INTO employee_roles (id, employee_id, role) VALUES (gen_random_uuid(), $1, 'account_manager')"
SIXTY = """UPDATE customers SET owner_id = $1, department_id = $2
WHERE id IN (SELECT id FROM customers ORDER BY md5(id::text) LIMIT 60)"""
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
    for who, role in (("one who has 60 customers", FEW), ("an employee of one department", UNIT)):
        for what, text in (("customers", customers()), ("purchases", PURCHASES)):
            mine, base = await race(
                lambda _: page(bench, text, role),  # noqa: B023
                lambda _: page(bench, text),  # noqa: B023
            )
            say(f"first page of {what}, {who} against leader", mine, base)
    own, base = await race(
        lambda _: page(bench, customers(", scope: OWN"), "account_manager"),
        lambda _: page(bench, customers()),
    )
    say("first page of one's own customers against the leader's of all", own, base)


async def newcomers(bench: Bench, address: str) -> None:
    """Two account managers beside the one above all: of 60 customers, and of one department of many."""
    connection = await asyncpg.connect(address)
    top = await connection.fetchval("SELECT id FROM departments WHERE parent_id IS NULL LIMIT 1")
    usual = await connection.fetchval("SELECT department_id FROM customers ORDER BY id LIMIT 1")
    small = await connection.fetchval(DEPARTMENT, top)
    for number, department in ((FEW, small), (UNIT, usual)):
        key = await connection.fetchval(EMPLOYEE, number, department)
        await connection.execute(ROLE, key)
        if number == FEW:
            await connection.execute(SIXTY, key, department)
        token = sign_development_token(
            bench.app.settings, bench.app.database.clock, number, "account_manager"
        )
        bench.viewers[number] = await bench.app.sign_in(f"Bearer {token}".encode(), "en")
    await connection.close()


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
    await newcomers(large, large.app.settings.database_url)
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
