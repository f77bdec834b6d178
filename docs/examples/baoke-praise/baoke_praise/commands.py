"""`baoke praise …`."""

from __future__ import annotations

import typer

from baoke_praise.figures import Reputation
from schema.plugin import Count, Frame, Text, frame_of, load_settings, run

app = typer.Typer(help="What customers say of us.", no_args_is_help=True)

LINE = Text(
    "{channel}: {reviews:review|reviews}, {stars} of 5 stars", "{channel}：{reviews} 条评价，平均 {stars} 星"
)
NONE = Text("nobody has said anything yet", "暂无评价")


@app.callback()
def start() -> None:
    """What customers say of us."""


@app.command()
def summary(context: typer.Context) -> None:
    """Show how many reviews each channel has, and their average."""
    run(_summary(frame_of(context)))


async def _summary(frame: Frame) -> None:
    async with frame.database(load_settings()) as database, database.unit_of_work() as work:
        found = await database.services[Reputation].by_channel(work)
    for channel, count, average in found:
        name = channel.value.say(frame.language)
        frame.say(LINE, channel=name, reviews=Count(count), stars=f"{average / 100:.2f}")
    if not found:
        frame.say(NONE)
