"""`baoke audit digest`, as an operator types it."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.cli.app import make_cli
from core.clock import UTC
from core.reviews.models import AuditDigest
from tests.core.reviews.planted import Planted, plant
from tests.core.world import POLICIES, build
from tests.databases import open_database

CLI = make_cli()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES)}.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def call(*words: str) -> Result:
    return CliRunner().invoke(CLI, ("audit", "digest", *words))


async def put(address: str) -> None:
    """A reading in week 44 of 2025."""
    database = open_database(address)
    world = await build(database)
    async with database.unit_of_work() as work:
        at, who = dt.datetime(2025, 10, 28, tzinfo=UTC), world.employees["salesperson"]
        await plant(work, [Planted(at, who, world.departments["east"])])
    await database.close()


async def weeks(address: str) -> list[dt.date]:
    database = open_database(address)
    async with database.unit_of_work() as work:
        found = list(await work.session.scalars(sa.select(AuditDigest.week)))
    await database.close()
    return found


def test_one_week_or_several_are_computed(address: str) -> None:
    asyncio.run(put(address))
    said = call("--since", "2025-W43", "--week", "2025-W45")
    lines = ["2025-W43: 0 employees, 0 flagged", "2025-W44: 1 employee, 0 flagged"]
    assert said.exit_code == 0
    assert said.output.splitlines() == [*lines, "2025-W45: 0 employees, 0 flagged"]
    assert call("--week", "2025-W44").output == "2025-W44: 1 employee, 0 flagged\n"
    assert asyncio.run(weeks(address)) == [dt.date(2025, 10, 27)]
    assert call().exit_code == 0


def test_weeks_that_can_not_be_computed() -> None:
    for words, said in (
        (("--week", "2025-44"), "--week: write a week as 2026-W46"),
        (("--since", "yesterday"), "--since: write a week as 2026-W46"),
        (("--week", "2099-W01"), "--week: the week is not over yet"),
    ):
        result = call(*words)
        assert (result.exit_code, result.stderr.strip()) == (1, said)
