"""The Python of docs/events.md and docs/jobs.md does what the pages say."""

from typing import Any

import pytest

from core.db.database import Database
from core.events.registry import Events
from core.jobs.schedules import Schedules
from core.jobs.tasks import Jobs
from core.jobs.worker import Worker
from tests.core.jobs.works import SHANGHAI
from tests.core.world import catalogue
from tests.docs.pages import ROOT, blocks

pytestmark = pytest.mark.no_cover


def page(name: str) -> dict[str, Any]:
    """What the page's blocks define, one after the other."""
    found: dict[str, Any] = {"__name__": "wishes"}
    for block in blocks(ROOT / "docs" / name):
        if block.language == "python":
            exec(compile(block.text, block.place, "exec"), found)  # noqa: S102  # our own documentation
    return found


async def test_events(database: Database) -> None:
    said = page("events.md")
    events = Events((said["WishGranted"], said["WishMade"]), (said["ON_GRANTED"],))
    database.services.add(events)
    worker = Worker(database, events.tasks(), Schedules(database, (), SHANGHAI), catalogue())
    async with database.unit_of_work() as work:
        wish, customer = work.ids.new(), work.ids.new()
        await said["grant"](work, wish, customer)
    await worker.drain()
    assert said["granted"] == [said["WishGranted"](wish_id=wish, customer_id=customer)]
    made = said["WishMade"].read(1, {"who": str(customer)})
    assert made == said["WishMade"](customer_id=customer)


async def test_jobs(database: Database) -> None:
    said = page("jobs.md")
    jobs = Jobs((said["REMIND"],))
    worker = Worker(database, jobs.tasks(), Schedules(database, jobs.declared, SHANGHAI), catalogue())
    async with database.unit_of_work() as work:
        await said["ask_for_it"](work)
    await worker.drain()
    assert said["reminded"] == list(range(1_200))
