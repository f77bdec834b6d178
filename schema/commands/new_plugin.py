"""`baoke plugin new`: a plugin that works, to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.frame import frame_of
from core.text import Text
from schema.scaffold.making import make

MADE = Text(
    "{folder} is there. Next:\n"
    "  cd {folder} && pytest            its tests\n"
    "  baoke plugin check {folder}      the conformance suite\n"
    "  BAOKE_PLUGINS={plugins},{folder} baoke serve",
    "已生成 {folder}。接下来：\n"
    "  cd {folder} && pytest            运行测试\n"
    "  baoke plugin check {folder}      运行合规检查\n"
    "  BAOKE_PLUGINS={plugins},{folder} baoke serve",
)


def new(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="Id of the plugin: 2 to 24 small letters and digits, a letter first.")
    ],
    into: Annotated[Path, typer.Option(help="Folder in which to make `baoke-NAME`.")] = Path(),
) -> None:
    """Write a new plugin that works, with tests; nothing is overwritten."""
    folder = make(name, into)
    shown = folder if folder.is_absolute() else f"./{folder}"
    frame_of(context).say(MADE, folder=shown, plugins="points")
