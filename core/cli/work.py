"""`baoke work`: a process that only works. `baoke outbox`: what waits, what failed, a new try for it."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated
from uuid import UUID

import typer

from core.audit.service import Audit, auditing
from core.cli.frame import Frame, frame_of, run
from core.errors import BadUserInput, InvalidInput, NotFound
from core.events.registry import Events
from core.extension.equipping import make_worker
from core.jobs.looking import look
from core.jobs.looking import retry as try_again
from core.jobs.outbox import enqueue
from core.jobs.tasks import Jobs
from core.jobs.worker import working
from core.logging import configure_logging
from core.settings import Settings, load_settings
from core.text import Count, Text

app = typer.Typer(help="The outbox: what is still to be done for events and jobs.")

WORKING = Text(
    "working, {hands:batch|batches} at a time; Ctrl-C ends it", "正在处理，每次 {hands} 批；按 Ctrl-C 结束"
)
EMPTY = Text("nothing", "没有")
LINE = Text(
    "{id}  {task}  {state}  since {at}, attempts: {attempts}{error}",
    "{id}  {task}  {state}  始于 {at}，尝试 {attempts} 次{error}",
)
ERROR = Text(", last error: {error}", "，最近错误：{error}")
MORE = Text("… and {count} more", "…… 另有 {count} 条")
AGAIN = Text("{rows:row is|rows are} tried again", "重试 {rows} 条")
WHICH = Text("name one, or say --all", "请指定一条，或使用 --all")
NOT_A_KEY = Text("write an id as `baoke outbox list` shows it", "编号请按 `baoke outbox list` 所示填写")
NO_JOB = Text("there is no such job; there are: {known}", "没有此作业；现有：{known}")
ADDED = Text("{job} waits for a worker", "{job} 等待执行")
FAILED_ROW = Text("failed work", "失败的任务")


@app.callback()
def start() -> None:
    """The outbox."""


def work(context: typer.Context) -> None:
    """Do the durable work, until SIGTERM or Ctrl-C; a server does so too, unless BAOKE_WORKERS is 0."""
    settings = load_settings()
    configure_logging(settings)
    run(_work(frame_of(context), settings))


async def _work(frame: Frame, settings: Settings) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ended.set)
    hands = settings.workers or 1
    async with frame.database(settings) as database:
        await frame.migrate(database, settings)
        worker = make_worker(database, settings, frame.viewer().plan.catalogue, hands)
        frame.say(WORKING, hands=Count(hands))
        async with auditing(database.services[Audit]), working(worker):
            await ended.wait()


@app.command("list")
def show(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,  # noqa: FBT002
) -> None:
    """Show what waits, the oldest first."""
    run(_show(frame_of(context), load_settings(), failed=failed))


async def _show(frame: Frame, settings: Settings, *, failed: bool) -> None:
    async with frame.database(settings) as database:
        known = (*database.services[Events].tasks(), *database.services[Jobs].tasks())
        found, more = await look(database, known, failed=failed)
    for one in found:
        row = one.row
        error = ERROR.say(frame.language, error=one.error) if one.error else ""
        frame.say(
            LINE,
            id=row.id,
            task=one.task,
            state=one.state.value.say(frame.language),
            at=row.at.astimezone(settings.zone).isoformat(" ", "seconds"),
            attempts=row.attempts,
            error=error,
        )
    if not found:
        frame.say(EMPTY)
    if more:
        frame.say(MORE, count=more)


@app.command()
def add(
    context: typer.Context, job: Annotated[str, typer.Argument(help="Name of a job, such as points.expire.")]
) -> None:
    """Have a job run now, as the clock would; a server or `baoke work` does it."""
    run(_add(frame_of(context), load_settings(), job))


async def _add(frame: Frame, settings: Settings, name: str) -> None:
    async with frame.database(settings) as database:
        known = {one.name: one for one in database.services[Jobs].declared}
        if name not in known:
            raise BadUserInput(name, NO_JOB, known=", ".join(sorted(known)))
        async with database.unit_of_work() as work:
            await enqueue(work, known[name], {})
    frame.say(ADDED, job=name)


@app.command()
def retry(
    context: typer.Context,
    row: Annotated[str, typer.Argument(metavar="[ID]", help="One that was given up.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,  # noqa: FBT002
) -> None:
    """Try again what was given up, at once and twelve times."""
    run(_retry(frame_of(context), load_settings(), row, everything=everything))


async def _retry(frame: Frame, settings: Settings, row: str, *, everything: bool) -> None:
    if bool(row) == everything:
        raise InvalidInput(None, WHICH)
    try:
        key = UUID(row) if row else None
    except ValueError:
        raise InvalidInput("ID", NOT_A_KEY) from None
    async with frame.database(settings) as database, database.unit_of_work() as unit:
        count = await try_again(unit, key)
    if key is not None and not count:
        raise NotFound("ID", thing=FAILED_ROW.say(frame.language))
    frame.say(AGAIN, rows=Count(count))
