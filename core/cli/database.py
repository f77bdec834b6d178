"""`baoke db`: bring the tables up to date."""

from __future__ import annotations

import typer

from core.cli.frame import Frame, frame_of, run
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
    run(migrate_now(frame, load_settings()))
    frame.say(MIGRATED)


async def migrate_now(frame: Frame, settings: Settings) -> None:
    """What the command does."""
    async with frame.database(settings) as database:
        await frame.migrate(database, settings)
