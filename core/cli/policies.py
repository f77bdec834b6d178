"""`baoke policies`: check before it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.access.rules import EVERYONE
from core.cli.frame import frame_of
from core.settings import load_settings
from core.text import Text

app = typer.Typer(help="Policies: who may do what to which information.")

FINE = Text(
    "{rules} rules for {roles} roles and everyone: all fine",
    "{rules} 条规则，{roles} 个角色及 everyone：检查通过",
)


@app.callback()
def start() -> None:
    """Policies: who may do what to which information."""


@app.command()
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of policies; that of the settings unless given.")
    ] = None,
) -> None:
    """Check a folder of policies; says file, line and remedy of every bad line."""
    frame = frame_of(context)
    policy = frame.parts.read_policies(folder or load_settings().policies)
    frame.say(FINE, rules=len(policy.rules), roles=len(policy.roles.keys() - {EVERYONE}))
