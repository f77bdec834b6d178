"""`baoke work` and `baoke outbox`, as an operator types them, on both databases."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from core.cli.app import make_cli
from core.db.database import Database
from core.db.work import UnitOfWork
from core.jobs.models import OutboxRow
from core.jobs.outbox import Entry, enqueue, write
from core.jobs.prune import KEPT, PRUNE
from core.jobs.taking import MOST_ATTEMPTS, fail
from core.jobs.tasks import Row
from tests.core.jobs.works import own_database, rows
from tests.core.world import POLICIES
from tests.databases import NOW

CLI = make_cli()
BAOKE = (sys.executable, "-c", "from core.cli.app import make_cli; make_cli()()")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    for name, value in {"ENV": "development", "DATABASE_URL": address, "POLICIES": str(POLICIES)}.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def call(*words: str) -> Result:
    return CliRunner().invoke(CLI, words)


def put(address: str) -> list[str]:
    """A row of each state; the ids as text."""

    async def act() -> list[str]:
        database = own_database(address)
        async with database.unit_of_work() as work:
            await enqueue(work, "gone.away")
            await enqueue(work, PRUNE, at=work.clock.now() + KEPT)
            await write(work, [Entry("core.prune", 9, "core.prune", {})])
            await enqueue(work, PRUNE)
            await give_up(work, "points.first")
            await give_up(work, "points.second")
        found = [str(row) for row in await keys(database)]
        await database.close()
        return found

    return asyncio.run(act())


async def give_up(work: UnitOfWork, job: str) -> None:
    await enqueue(work, job)
    key = (await keys_of(work))[-1]
    for attempt in range(MOST_ATTEMPTS):
        await fail(work, Row(key, job, 1, {}, NOW, attempt), "CONFLICT", KEPT)


async def keys_of(work: UnitOfWork) -> list[UUID]:
    return list(await work.session.scalars(sa.select(OutboxRow.id).order_by(OutboxRow.id)))


async def keys(database: Database) -> list[UUID]:
    async with database.unit_of_work() as work:
        return await keys_of(work)


def test_the_outbox_is_listed_by_state(address: str) -> None:
    assert call("outbox", "list").output == "nothing\n"
    ids = put(address)
    lines = call("outbox", "list").output.splitlines()
    assert [line.split()[0] for line in lines] == ids
    for line, said in zip(
        lines,
        (
            "gone.away  nobody here does this; is a plugin switched off?",
            "core.prune  later",
            "core.prune  of a newer version than this process knows",
            "core.prune  due",
            "points.first  given up",
            "points.second  given up",
        ),
        strict=True,
    ):
        assert said in line
    assert lines[-1].endswith("attempts: 12, last error: CONFLICT")
    failed = call("--lang", "zh", "outbox", "list", "--failed").output.splitlines()
    assert len(failed) == 2
    assert "points.first  已放弃" in failed[0]


def test_what_was_given_up_is_tried_again(address: str) -> None:
    *_, first, second = put(address)
    assert call("outbox", "retry", first).output == "1 row is tried again\n"
    again = call("outbox", "retry", first)
    assert (again.exit_code, again.output) == (1, "ID: no failed work with this id is visible to you\n")
    assert second in call("outbox", "list", "--failed").output
    assert call("outbox", "retry", "--all").output == "1 row is tried again\n"
    assert call("outbox", "list", "--failed").output == "nothing\n"
    for words in ((), (first, "--all"), ("x",)):
        assert call("outbox", "retry", *words).exit_code == 1


def test_a_process_works_until_it_is_told_to_end(address: str) -> None:
    put(address)
    with subprocess.Popen([*BAOKE, "work"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working, 1 batch at a time; Ctrl-C ends it\n"
        deadline = time.monotonic() + 10
        while "core.prune  due" in call("outbox", "list").output and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()

    async def left() -> list[object]:
        database = own_database(address)
        found = [row[0] for row in await rows(database)]
        await database.close()
        return found

    assert asyncio.run(left()) == ["gone.away", "core.prune", "core.prune", "points.first", "points.second"]


def test_a_job_is_run_on_demand() -> None:
    """An author wants to see it, an operator not to wait for the night."""
    assert "core.prune waits for a worker" in call("outbox", "add", "core.prune").output
    assert "core.prune" in call("outbox", "list").output
    refused = call("outbox", "add", "core.unknown")
    assert (refused.exit_code, "there is no such job; there are: core.audit, " in refused.output) == (1, True)
