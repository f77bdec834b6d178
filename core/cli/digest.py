"""`baoke audit digest`: compute a week's digest anew, or that of every week since one (BEY-9)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from core.cli.frame import Frame, frame_of, run
from core.reviews.jobs import digest_week
from core.reviews.weeks import DAYS, Week
from core.settings import Settings, load_settings
from core.text import Count, Text

DONE = Text(
    "{week}: {employees:employee|employees}, {flagged} flagged",
    "{week}：{employees} 名员工，{flagged} 条有标记",
)


def digest(
    context: typer.Context,
    week: Annotated[str, typer.Option(help="The week, such as 2026-W46; the last one unless given.")] = "",
    since: Annotated[str, typer.Option(help="A week; each one from it until --week is computed.")] = "",
) -> None:
    """Compute the digest of a week that is over; a second time gives the same, as the records now are."""
    run(_digest(frame_of(context), load_settings(), week, since))


async def _digest(frame: Frame, settings: Settings, week: str, since: str) -> None:
    async with frame.database(settings) as database:
        now, zone = database.clock.now(), settings.zone
        last = Week.of(week, now, zone) if week else Week.last(now, zone)
        one = Week.of(since, now, zone, "--since") if since else last
        while one.monday <= last.monday:
            async with database.unit_of_work() as work:
                done = await digest_week(work, settings, one)
            frame.say(DONE, week=one, employees=Count(done.employees), flagged=done.flagged)
            one = Week(one.monday + dt.timedelta(days=DAYS), zone)
