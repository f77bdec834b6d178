"""`baoke audit`, as an operator types it, on both databases (BEY-10)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.audit.models import AuditRecord
from core.cli.app import make_cli
from core.clock import SystemClock
from core.db.database import Database
from core.db.sealing import development_sealer
from core.ids import RandomIds, global_id
from tests.core.audit.evidence import process, read, rows, tamper, write
from tests.core.world import POLICIES, World, build

CLI = make_cli()
T = TypeVar("T")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES)}.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def call(*words: str) -> Result:
    return CliRunner().invoke(CLI, ("audit", *words))


def within(address: str, act: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(address, clock=SystemClock(), ids=RandomIds(), sealer=development_sealer())
        try:
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def fill(database: Database) -> World:
    world = await build(database)
    audit = process(database)
    await read(world, audit, "wang", "li")
    await read(world, audit, "li")
    await audit.tick()
    await write(world)
    return world


def test_verify(address: str) -> None:
    world = within(address, fill)
    said = call("verify", "--ends")
    assert said.exit_code == 0, said.output
    assert "2 records in 1 chain, 1 not in a chain yet: nothing was altered" in said.output
    assert "ends at 2: " in said.output
    key = next(row["id"] for row in within(address, rows) if row["number"] == 2)
    changed = sa.update(AuditRecord).where(AuditRecord.id == key).values(calls=7)
    within(address, lambda database: tamper(database, changed))
    said = call("verify")
    assert said.exit_code == 1
    assert f"number 2, {global_id('aud', key)}, 20" in said.output
    assert "the record was altered" in said.output
    assert "1 fault in 2 records" in said.output
    assert world.customers


def test_erase_a_customer(address: str) -> None:
    world = within(address, fill)
    said = call("erase", "--customer", "wang", "--reason", "asked for")
    assert said.output.strip() == "content of 2 records erased"
    said = call("erase", "--customer", global_id("cus", world.customers["li"]), "--reason", "asked for")
    assert said.output.strip() == "content of 2 records erased"
    assert call("verify").exit_code == 0


def test_erase_records(address: str) -> None:
    within(address, fill)
    keys = [global_id("aud", row["id"]) for row in within(address, rows)]
    said = call("erase", "--record", keys[0], "--record", keys[1], "--reason", "asked for")
    assert said.output.strip() == "content of 2 records erased"
    assert "erased before" in call("erase", "--record", keys[0], "--reason", "again").output
    assert call("verify").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a customer or records"),
        (("--customer", "wang", "--record", "aud_x"), "name a customer or records"),
        (("--customer", "nobody"), "no customer with this id"),
        (("--record", "cus_" + "0" * 32), "another type"),
        (("--record", "aud_" + "0" * 32), "no audit record with this id"),
    ],
)
def test_what_can_not_be_erased(address: str, words: tuple[str, ...], said: str) -> None:
    within(address, fill)
    result = call("erase", "--reason", "why", *words)
    assert result.exit_code == 1
    assert said in result.output


def test_a_reason_is_needed(address: str) -> None:
    within(address, fill)
    result = call("erase", "--customer", "wang", "--reason", " ")
    assert result.exit_code == 1
    assert "--reason: say why" in result.output
