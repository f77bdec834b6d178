"""`baoke db`: bring the tables up to date. `baoke demo`: fill an empty database with demo data."""

from __future__ import annotations

import typer

from core.cli.frame import Frame, frame_of, run
from core.db.migrate import migrate as migrate_tables
from core.demo.load import load_demo
from core.settings import Settings, load_settings
from core.text import Text

app = typer.Typer(help="The database.")

MIGRATED = Text("the database is up to date", "数据库已是最新")


@app.callback()
def start() -> None:
    """The database."""


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the tables up to date; several processes may do so at once."""
    frame = frame_of(context)
    run(_migrate(frame, load_settings()))
    frame.say(MIGRATED)


async def _migrate(frame: Frame, settings: Settings) -> None:
    async with frame.database(settings) as database:
        await migrate_tables(database, frame.parts.owners)


def demo(context: typer.Context) -> None:
    """Fill an empty database with demo data."""
    run(_demo(frame_of(context), load_settings()))


async def _demo(frame: Frame, settings: Settings) -> None:
    await _migrate(frame, settings)
    async with frame.database(settings) as database:
        report = await load_demo(database, settings, plugins=frame.parts.plugins)
    frame.say(report.text)
