"""`baoke demo`: fill an empty database with demo data. `baoke demo year`: with a year of the audit."""

from __future__ import annotations

from typing import Annotated

import typer

from core.access.current import Policies
from core.access.plan import Catalogue
from core.access.relations import Relations
from core.cli.database import migrate_now
from core.cli.frame import Frame, frame_of, run
from core.clock import HeldClock, SystemClock
from core.demo.load import load_demo
from core.demo.year.fill import Filling, YearPlan, YearReport
from core.ids import SeededIds
from core.policies.keeper import PolicyKeeper
from core.runtime import open_database
from core.settings import Settings, load_settings
from core.text import Count, Text

app = typer.Typer(help="Demo data into an empty database.", invoke_without_command=True)

YEAR = Text(
    "demo data, no real people: {employees:employee|employees}, {customers:customer|customers}, "
    "{records:record|records} of the audit from {first} until {until}, {reviews:review|reviews}",
    "演示数据，人物均为虚构：{employees} 名员工、{customers} 位客户、{records} 条审计记录"
    "（{first} 至 {until}）、{reviews} 次权限审查",
)
PLANTED = Text("{number} {plot} ({first}): {flags}", "{number} {plot}（{first}）：{flags}")
NO_FLAG = Text("no flag", "无标记")
OTHERS = Text("others with a flag: {others}", "其他有标记者：{others}")


@app.callback()
def demo(context: typer.Context) -> None:
    """Fill an empty database with demo data."""
    if context.invoked_subcommand is None:
        run(_demo(frame_of(context), load_settings()))


async def _demo(frame: Frame, settings: Settings) -> None:
    await migrate_now(frame, settings)
    async with frame.database(settings) as database:
        report = await load_demo(database, settings, plugins=frame.parts.plugins)
    frame.say(report.text)


@app.command()
def year(
    context: typer.Context,
    employees: Annotated[int, typer.Option(help="How many employees.")] = YearPlan.employees,
    weeks: Annotated[int, typer.Option(help="How many whole weeks, up to the last one.")] = YearPlan.weeks,
    seed: Annotated[int, typer.Option(help="Another number, another year.")] = YearPlan.seed,
) -> None:
    """Fill an empty database with a company and what the audit recorded of it, digests and reviews."""
    frame = frame_of(context)
    run(_year(frame, load_settings(), YearPlan(employees, weeks, seed)))


async def _year(frame: Frame, settings: Settings, plan: YearPlan) -> None:
    await migrate_now(frame, settings)
    clock = HeldClock(SystemClock().now())
    database = open_database(settings, clock, SeededIds(plan.seed, clock))
    policies = Policies(frame.parts.read_policies(settings.policies))
    catalogue = Catalogue(Relations(frame.parts.models), frame.parts.words.fields)
    keeper = PolicyKeeper(database, policies, frame.parts.words)
    try:
        report = await Filling(database, clock, settings, keeper, catalogue, plan).run()
    finally:
        await database.close()
    _tell(frame, report)


def _tell(frame: Frame, report: YearReport) -> None:
    """What was made, what was planted, and what the digests say to it."""
    frame.say(
        YEAR,
        employees=Count(len(report.people)),
        customers=Count(report.customers),
        records=Count(report.records),
        first=report.first,
        until=report.until,
        reviews=Count(report.reviews),
    )
    for story in report.stories:
        flags = report.flagged.get(story.who.number)
        frame.say(
            PLANTED,
            number=story.who.number,
            plot=story.plot.value.say(frame.language),
            first=story.first,
            flags=", ".join(sorted(flags)) if flags else NO_FLAG.say(frame.language),
        )
    planted = {story.who.number for story in report.stories}
    frame.say(OTHERS, others=", ".join(sorted(report.flagged.keys() - planted)) or "0")
