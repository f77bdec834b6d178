"""`baoke import`: files into the archive (CUS-11, PRM-12)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from core.cli.frame import Frame, frame_of, run
from core.customers.importing.faults import MOST_SHOWN, Faults
from core.customers.importing.layouts import LAYOUTS
from core.customers.importing.lines import open_text
from core.customers.importing.service import PurchaseFile, Summary, import_purchases
from core.errors import InvalidInput
from core.money import CURRENCIES, NO_CURRENCY
from core.settings import Settings, load_settings
from core.text import Count, Text

app = typer.Typer(help="Import files, all of a file or nothing.")

UNKNOWN_LAYOUT = Text("unknown layout; known: {known}", "未知格式；已知：{known}")
READING, WRITING = Text("reading", "读取"), Text("writing", "写入")
MORE = Text("… and {count} more", "……另有 {count} 行")
REFUSED = Text(
    "{count} of {rows:row|rows} refused, nothing imported. All of them with reason and remedy: {report}",
    "{rows} 行中 {count} 行被拒绝，未导入任何数据。全部原因与处理办法见：{report}",
)
FOUND = Text(
    """{rows:row|rows} of {customers:customer|customers}: {new} new, {known} known
exact duplicates, kept as purchases of their own: {duplicates}
rows on a day on which the customer bought before, kept (exact duplicates among them): {same_day}
amounts of zero, kept: {zero}""",
    """{rows} 行，{customers} 位客户：新 {new}，已知 {known}
完全重复的行，各算一次购买：{duplicates}
同一客户同日再次购买的行，均保留（含完全重复）：{same_day}
金额为零的行，均保留：{zero}""",
)
TOTAL = Text("total of all rows: {minor} minor units = {money}", "全部行合计：{minor} 最小货币单位 = {money}")
OTHER_CURRENCY = Text(
    "{currency} is not the company's currency: these amounts don't count into customers' spend in {company}",
    "{currency} 不是公司币种：这些金额不计入客户以 {company} 计的消费总额",
)
DONE = Text(
    "imported: {new:purchase|purchases} new, {known} known already",
    "已导入：新购买 {new} 条，{known} 条早已存在",
)
DRY = Text(
    "dry run: nothing was changed; {new:purchase|purchases} would be new, {known} known",
    "试运行：未作任何更改；将新增购买 {new} 条，{known} 条早已存在",
)


@app.callback()
def start() -> None:
    """Import files, all of a file or nothing."""


@app.command()
def purchases(  # one parameter for each option
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file, of any size; UTF-8 or GB18030.")],
    layout: Annotated[str, typer.Option(help="csv (header, see docs/import.md) or cdnow.")] = "csv",
    currency: Annotated[
        str, typer.Option(help="Currency of rows that name none; the layout's unless given.")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="Check everything and say what would happen.")] = False,  # noqa: FBT002
    report: Annotated[
        Path | None, typer.Option(help="Where refused rows are written; beside FILE unless given.")
    ] = None,
) -> None:
    """Import purchases. One refused row and nothing is imported; a second run of a file changes nothing."""
    frame, settings = frame_of(context), load_settings()
    if layout not in LAYOUTS:
        raise InvalidInput("--layout", UNKNOWN_LAYOUT, known=", ".join(LAYOUTS))
    if currency and currency not in CURRENCIES:
        raise InvalidInput("--currency", NO_CURRENCY)
    of_rows = currency or LAYOUTS[layout].currency or settings.currency
    source = open_text(file)
    what = PurchaseFile(source, LAYOUTS[layout], settings.zone, settings.currency, of_rows, dry_run)
    path = report or file.with_name(f"{file.name}.refused.csv")
    with Faults(path) as faults:
        summary = run(_import(frame, settings, what, faults))
        if summary.refused:
            _refuse(frame, summary, faults, path)
            raise typer.Exit(1)
    if summary.imported:
        faults.forget()
    _tell(frame, settings, summary)


async def _import(frame: Frame, settings: Settings, what: PurchaseFile, faults: Faults) -> Summary:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=frame.console, transient=True) as progress:
        task = progress.add_task(READING.say(frame.language), total=what.file.size)

        def heard(read: int) -> None:
            progress.advance(task, read)
            if progress.finished:  # what follows is the database's work, of unknown length
                progress.update(task, description=WRITING.say(frame.language), total=None)

        async with frame.database(settings) as database:
            return await import_purchases(database, frame.viewer(), what, faults, heard)


def _refuse(frame: Frame, summary: Summary, faults: Faults, path: Path) -> None:
    for fault in faults.first:
        frame.print(fault.say(frame.language))
    if faults.count > MOST_SHOWN:
        frame.say(MORE, count=faults.count - MOST_SHOWN)
    frame.say(REFUSED, count=summary.refused, rows=Count(summary.rows), report=path)


def _tell(frame: Frame, settings: Settings, summary: Summary) -> None:
    frame.say(
        FOUND,
        rows=Count(summary.rows),
        customers=Count(summary.customers),
        new=summary.new_customers,
        known=summary.customers - summary.new_customers,
        duplicates=summary.duplicates,
        same_day=summary.same_day,
        zero=summary.zero_amounts,
    )
    for total in summary.totals:
        frame.say(TOTAL, minor=total.minor, money=total)
        if total.currency != settings.currency:
            frame.say(OTHER_CURRENCY, currency=total.currency, company=settings.currency)
    known = summary.rows - summary.new_purchases
    frame.say(DONE if summary.imported else DRY, new=Count(summary.new_purchases), known=known)
