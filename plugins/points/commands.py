"""`baoke points …`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from plugins.points.ledger.service import Ledger
from plugins.points.ledger.verify import CHECKS, verify
from schema.plugin import Count, Frame, Text, frame_of, load_settings, run

app = typer.Typer(help="Points and membership.", no_args_is_help=True)

SOUND = Text("the books are right: {checks:check|checks}", "账目无误：{checks} 项检查")
FOUND = Text("{key}: {about}", "{key}：{about}")
WRONG = Text("the books are wrong: {findings:finding|findings}", "账目有误：{findings} 处")
OWED = Text(
    "{points:point|points} ({available} available, {pending} pending), worth {worth}; members owe {claim}",
    "{points} 积分（可用 {available}，待生效 {pending}），折合 {worth}；会员欠回 {claim}",
)


@app.callback()
def start() -> None:
    """Points and membership."""


@app.command("verify")
def check(context: typer.Context) -> None:
    """Check the books: a line for each row that contradicts the others, exit code 1 where there is one."""
    if run(_verify(frame_of(context))):
        raise typer.Exit(1)


async def _verify(frame: Frame) -> int:
    async with frame.database(load_settings()) as database, database.unit_of_work() as work:
        found = await verify(work)
    for one in found:
        frame.say(FOUND, key=one.key, about=one.about.say(frame.language))
    if found:
        frame.say(WRONG, findings=Count(len(found)))
    else:
        frame.say(SOUND, checks=Count(len(CHECKS)))
    return len(found)


@app.command()
def liability(
    context: typer.Context,
    at: Annotated[dt.datetime | None, typer.Option(help="As of this time in UTC; now unless given.")] = None,
) -> None:
    """Show what the company owes its members in points."""
    run(_liability(frame_of(context), at))


async def _liability(frame: Frame, at: dt.datetime | None) -> None:
    when = None if at is None else at.replace(tzinfo=dt.UTC)
    async with frame.database(load_settings()) as database, database.unit_of_work() as work:
        found = await Ledger(work, frame.viewer()).liability(when)
    owed = Count(found.available + found.pending)
    frame.say(
        OWED,
        points=owed,
        available=found.available,
        pending=found.pending,
        worth=found.worth,
        claim=found.claim,
    )
