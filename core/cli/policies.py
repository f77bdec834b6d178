"""`baoke policies`: for people who keep policies in files: check, compare, put in force, take out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from core.access.current import Policies
from core.access.lines import Line, lines_of, write_line
from core.access.rules import EVERYONE, GRANTS, ROLES, Policy, Rule
from core.cli.frame import Frame, frame_of, run
from core.errors import Conflict
from core.policies.change import between
from core.policies.keeper import PolicyKeeper
from core.policies.service import NO_POLICIES, PolicyService
from core.settings import load_settings
from core.text import Text

app = typer.Typer(help="Policies: who may do what to which information.")

MODEL = "model.conf"
FINE = Text(
    "{rules} rules for {roles} roles and everyone: all fine",
    "{rules} 条规则，{roles} 个角色及 everyone：检查通过",
)
SAME = Text("no difference to version {number}, which is in force", "与现行的第 {number} 版无差异")
APPLIED = Text(
    "version {number} is in force (+{added} -{removed})", "第 {number} 版已生效（+{added} -{removed}）"
)
EXPORTED = Text(
    "version {number} is in {folder}; comments of files are not kept in the database",
    "第 {number} 版已导出至 {folder}；数据库不保存文件中的注释",
)
THERE = Text("there already; --overwrite replaces it", "已存在；使用 --overwrite 覆盖")
HEAD = "# Version {number}, as it is in force. See docs/access.md for how to read a line.\n"
FOLDER = typer.Argument(help="Folder with model.conf, roles.csv and grants.csv.")


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


@app.command()
def diff(context: typer.Context, folder: Annotated[Path, FOLDER]) -> None:
    """Compare a folder with the policies in force: what applying it would add (+) and remove (-)."""
    frame = frame_of(context)
    run(_diff(frame, frame.parts.read_policies(folder)))


@app.command("apply")
def apply_folder(
    context: typer.Context,
    folder: Annotated[Path, FOLDER],
    reason: Annotated[str, typer.Option(help="Why; kept with the version.")],
) -> None:
    """Put the lines of a folder in force, as the operator; every server follows within seconds."""
    frame = frame_of(context)
    run(_apply(frame, frame.parts.read_policies(folder), reason))


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to write; made where there is none.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,  # noqa: FBT002
) -> None:
    """Write the policies in force into files."""
    run(_export(frame_of(context), folder, overwrite=overwrite))


@asynccontextmanager
async def _kept(frame: Frame, *, fill: bool = False) -> AsyncIterator[PolicyKeeper]:
    """The policies of the database; CONFLICT where it has none, unless it is filled as at a start."""
    settings = load_settings()
    folder = frame.parts.read_policies(settings.policies)
    async with frame.database(settings) as database:
        keeper = PolicyKeeper(database, Policies(folder), frame.parts.words)
        if fill:
            await keeper.seed()
        await keeper.load()
        if not keeper.policies.epoch:
            raise Conflict(None, NO_POLICIES)
        yield keeper


async def _diff(frame: Frame, policy: Policy) -> None:
    async with _kept(frame) as keeper:
        change = between(keeper.policies.current, policy)
        for sign, lines in (("-", change.remove), ("+", change.add)):
            for _, line in lines:
                frame.print(f"{sign} {write_line(line)}")
        if not change:
            frame.say(SAME, number=keeper.policies.epoch)


async def _apply(frame: Frame, policy: Policy, reason: str) -> None:
    async with _kept(frame, fill=True) as keeper:
        change = between(keeper.policies.current, policy)
        async with keeper.database.unit_of_work() as work:
            work.operation = "policies apply"
            version = await PolicyService(work, frame.viewer(), keeper).replace(policy, reason)
        if version is None:
            frame.say(SAME, number=keeper.policies.epoch)
        else:
            frame.say(APPLIED, number=version.number, added=len(change.add), removed=len(change.remove))


async def _export(frame: Frame, folder: Path, *, overwrite: bool) -> None:
    async with _kept(frame) as keeper:
        policy, number = keeper.policies.current, keeper.policies.epoch
    _write(policy, HEAD.format(number=number), folder, overwrite=overwrite)
    frame.say(EXPORTED, number=number, folder=folder)


def _write(policy: Policy, head: str, folder: Path, *, overwrite: bool) -> None:
    lines = lines_of(policy)
    roles = [line for line in lines if not isinstance(line, Rule)]
    rules = [line for line in lines if isinstance(line, Rule)]
    files = {ROLES: head + _written(roles), GRANTS: head + _written(rules), MODEL: policy.model}
    for name in files:
        if (folder / name).exists() and not overwrite:
            raise Conflict(str(folder / name), THERE)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _written(lines: Sequence[Line]) -> str:
    """Roles, then inheritances; rules by role; a blank line between."""

    def group(line: Line) -> tuple[bool, str]:
        return type(line).__name__ == "Link", line.role if isinstance(line, Rule) else ""

    ordered = sorted(lines, key=lambda line: (group(line), write_line(line)))
    parts = ["".join(f"{write_line(one)}\n" for one in some) for _, some in groupby(ordered, group)]
    return "\n".join(["", *parts])
