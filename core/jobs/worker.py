"""Workers: they take what is due out of the outbox, and see to it that it is done."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from core.access.plan import AccessPlan, Catalogue
from core.access.viewer import Viewer
from core.db.database import Database
from core.errors import BaokeError, RequestError
from core.jobs.declare import Context
from core.jobs.holding import Held
from core.jobs.names import CORE
from core.jobs.outbox import Bell
from core.jobs.schedules import Schedules
from core.jobs.taking import Due, fail, take, wait_after
from core.jobs.tasks import Row, Task, unique

POLL = 1.0
"""Seconds between two looks for what other processes wrote."""
GRACE = 5.0
"""Seconds in which what is at work may end when the process stops; then it is rolled back, and done later."""

log = structlog.get_logger(__name__)


class Astray(Exception):
    """The work wanted to end the process, or took itself for cancelled: it failed, like any other."""


class Worker:
    """Does the durable work of one application in this process: up to `hands` batches at once."""

    def __init__(
        self,
        database: Database,
        tasks: Sequence[Task],
        schedules: Schedules,
        catalogue: Catalogue,
        *,
        hands: int = 1,
        chance: Callable[[], float] | None = None,
    ) -> None:
        """`chance`: 0 to 1, spreads what is tried again. ConfigurationError for two tasks of one name."""
        unique((task.name, task.owner) for task in tasks)
        self.database, self.hands = database, hands
        self._schedules, self._chance = schedules, chance or random.SystemRandom().random
        self._due = Due.of(tasks)
        self._plan = AccessPlan(catalogue, (), unrestricted=True)
        self._bell = database.services.get(Bell) or Bell()
        if database.services.get(Bell) is None:
            database.services.add(self._bell)
        self._at_work = Counter[str]()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_on(self._tick))
            for _ in range(self.hands):
                group.create_task(self._keep_on(self.round))

    def stop(self) -> None:
        """Take nothing more; what is at work goes on to its end."""
        self._stopping = True
        self._bell.ring()

    async def drain(self) -> None:
        """Do all that is due, and what follows from it."""
        await self._schedules.tick()
        while await self.round():
            pass

    async def round(self) -> bool:
        """A batch for each task that has something to do: none waits for a backlog. Whether any had."""
        due = await self._due.ask(self.database)
        found = bool(due)
        while due and not self._stopping:
            task = min(due, key=lambda one: self._at_work[one.name])
            due.remove(task)
            self._at_work[task.name] += 1
            try:
                await self._batch(task)
            finally:
                self._at_work[task.name] -= 1
        return found

    async def _tick(self) -> bool:
        await self._schedules.tick()
        return False

    async def _keep_on(self, act: Callable[[], Awaitable[bool]]) -> None:
        """Again and again; while the database is away, or something is wrong with us, every second."""
        well = True
        while not self._stopping:
            heard = self._bell.count
            try:
                busy = await act()
            except RequestError as error:
                if well:
                    log.warning("work waits for the database", error=error.code)
                well = busy = False
            except Exception:
                log.exception("work is held up")
                well = busy = False
            else:
                if not well:
                    log.warning("work goes on")
                well = True
            if not busy:
                await self._bell.wait(heard, POLL)

    async def _batch(self, task: Task) -> None:
        """A batch together; where that fails, each row alone."""
        rows, error = await self._try(task)
        if error is None:
            return
        if len(rows) == 1:
            await self._failed(task, rows[0], error)
            return
        for row in rows:
            if self._stopping:
                return
            again, error = await self._try(task, row.id)
            if error is not None:
                await self._failed(task, again[0], error)

    async def _try(self, task: Task, only: UUID | None = None) -> tuple[list[Row], BaseException | None]:
        """Take and act in one transaction. The rows, and what went wrong after they were taken."""
        rows: list[Row] = []
        failure: BaseException | None = None
        try:
            async with self.database.unit_of_work() as work:
                work.operation = task.name
                rows = await take(work, task, only)
                if rows:
                    try:
                        context = Context(work, self._viewer(task.owner), work.services)
                        await _within(task, task.act(context, rows), work.writer.terminate)
                    except Astray as error:
                        failure = error.__cause__
                        raise
                    except Exception as error:
                        failure = error
                        raise
        except Exception as error:
            if not rows:
                raise
            return rows, failure or error
        return rows, None

    async def _failed(self, task: Task, row: Row, error: BaseException) -> None:
        """The row stays, the log has the trace. Where the database is away it says so, counting nothing."""
        said = error.code if isinstance(error, BaokeError) else type(error).__name__
        wait = wait_after(row.attempts + 1, self._chance())
        async with self.database.unit_of_work() as work:
            given_up = await fail(work, row, said, wait)
        log.error(
            "work failed",
            task=task.name,
            row=str(row.id),
            attempts=row.attempts + 1,
            given_up=given_up,
            error=said,
            exc_info=error,
        )

    def _viewer(self, owner: str) -> Viewer:
        """Who acts: no employee, and nothing is denied."""
        return Viewer("system" if owner == CORE else f"plugin:{owner}", None, (), (), self._plan)


async def _within(task: Task, act: Awaitable[None], cut_off: Callable[[], None]) -> None:
    """TimeoutError past the task's seconds. One that will not end even then loses its transaction."""
    acting = asyncio.ensure_future(_contained(Held(act, task.name)))
    try:
        await asyncio.wait((acting,), timeout=task.seconds)
        if acting.done():
            return acting.result()
    finally:
        if not acting.done():
            acting.cancel()
            await asyncio.wait((acting,), timeout=GRACE)
            if not acting.done():
                log.error("work does not end when it is told to", task=task.name)
                cut_off()
    raise TimeoutError


async def _contained(act: Awaitable[None]) -> None:
    """What would end the worker, or the whole process, is a failure like any other; Astray says which."""
    try:
        await act
    except (SystemExit, asyncio.CancelledError) as error:
        if _is_cancelled():
            raise
        raise Astray from error


def _is_cancelled() -> bool:
    """Whether somebody ends this task, rather than its own code."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """The worker works while the block runs; with no hands it does nothing."""
    if not worker.hands:
        yield
        return
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait((running,), timeout=GRACE)
        running.cancel()
        await asyncio.wait((running,), timeout=GRACE)
