"""BEY-10: whatever is written, linked, anchored, erased and pruned in whatever order: it verifies."""

import asyncio
import datetime as dt
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit.erasure import erase_customer
from core.audit.retention import prune
from core.audit.service import Audit
from core.audit.verifying.service import verify
from tests.core.audit.evidence import FIELDS, keys, process, write
from tests.core.world import World, build
from tests.databases import open_database

DAY = dt.timedelta(days=1)
PROCESSES = st.integers(0, 2)
CUSTOMERS = st.sets(st.sampled_from(["wang", "li", "zhao"]))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), PROCESSES, CUSTOMERS),
        st.tuples(st.just("write")),
        st.tuples(st.just("tick"), PROCESSES),
        st.tuples(st.just("die"), PROCESSES),
        st.tuples(st.just("pass"), st.integers(1, 100_000)),
        st.tuples(st.just("erase"), st.sampled_from(["wang", "li"])),
        st.tuples(st.just("prune"), st.integers(0, 3)),
    ),
    max_size=25,
)


async def play(world: World, acts: list[tuple[object, ...]]) -> None:
    database = world.database
    processes = [process(database) for _ in range(3)]
    for act in acts:
        match act:
            case "read", int(number), set(names):
                processes[number].note_read(world.viewer("salesperson"), "Q", FIELDS, keys(world, *names))
            case ("write",):
                await write(world)
            case "tick", int(number):
                await processes[number].tick()
            case "die", int(number):
                processes[number] = Audit(database)
            case "pass", int(seconds):
                database.clock.advance(dt.timedelta(seconds=seconds))  # type: ignore[attr-defined]
            case "erase", str(name):
                async with database.unit_of_work() as work:
                    await erase_customer(work, world.operator(), world.customers[name], "asked for")
            case "prune", int(days):
                async with database.unit_of_work() as work:
                    await prune(work, world.operator(), work.clock.now() - days * DAY)
        assert (await verify(database)).findings == []
    for one in processes:
        await one.tick()
    report = await verify(database)
    assert (report.findings, report.unlinked) == ([], 0)


@settings(max_examples=60)
@given(acts=ACTS)
def test_any_history_verifies(sqlite_template: Path, acts: list[tuple[object, ...]]) -> None:
    """On SQLite; the statements are the same on PostgreSQL, where the other tests of this folder run too."""
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copy(sqlite_template, folder / "a.db")

        async def run() -> None:
            database = open_database(f"sqlite:///{folder / 'a.db'}")
            try:
                await play(await build(database), acts)
            finally:
                await database.close()

        asyncio.run(run())
    finally:
        shutil.rmtree(folder)
