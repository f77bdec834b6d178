"""`baoke plugin`: list, adopt the suggested policies of, and remove plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.access.current import Policies
from core.cli.frame import Frame, frame_of, run
from core.errors import BadUserInput, BaokeError, Conflict
from core.extension import finding
from core.extension.declared import Declared
from core.extension.plugins import load
from core.extension.removal import Removal
from core.policies.keeper import PolicyKeeper
from core.settings import Settings, load_settings
from core.text import Count, Text
from schema.commands.check_plugin import check
from schema.commands.new_plugin import new
from schema.plugin.adopting import adopt as adopt_lines
from schema.plugin.base import Plugin
from schema.plugin.describing import described

app = typer.Typer(help="Plugins: what is on, what it provides; write, check, adopt, remove one.")

ON, OFF, FAILED = Text("on", "已启用"), Text("off", "未启用"), Text("failed", "失败")
LINE = Text("{id} {version} [{state}] {name}: {about}", "{id} {version} [{state}] {name}：{about}")
ADOPTED = Text(
    "version {number} is in force with {lines:line|lines} of {id}",
    "第 {number} 版已生效，采纳 {id} 的 {lines} 条规则",
)
ALL_THERE = Text("every line that {id} suggests is in force already", "{id} 建议的规则均已生效")
NO_ROLE = Text("left out, for there is no role {role}: {line}", "已略过（没有角色 {role}）：{line}")
NOT_ON = Text("no such plugin is on; on are: {known}", "此插件未启用；已启用：{known}")
STILL_ON = Text(
    "it is on; take it out of BAOKE_PLUGINS, stop the servers, then remove it",
    "插件仍处于启用状态；请先从 BAOKE_PLUGINS 中移除并停止服务，再卸载",
)
REMOVED = Text(
    "{rows:row|rows} written to {file}; the tables, work, keys and policy rules of {id} are gone",
    "已将 {rows} 行写入 {file}；{id} 的数据表、待办、幂等键与策略规则均已删除",
)
THERE = Text("there already; name a file that is not", "已存在；请指定一个不存在的文件")


@app.callback()
def start() -> None:
    """Plugins."""


app.command("new")(new)
app.command("check")(check)


@app.command("list")
def show(context: typer.Context) -> None:
    """Show the plugins that are on, those that failed, and those that are installed and off."""
    frame = frame_of(context)
    listed = described(frame.parts.plugins).all
    for one in listed:
        state = ON if one.error is None else FAILED
        _line(frame, one.id, one.manifest.version if one.manifest else "?", state, one.manifest, one.error)
        for provided in one.provides:
            frame.print(f"  {provided}")
    for source in finding.installed():
        if source.name not in {one.id for one in listed}:
            try:
                manifest = source.load().manifest
            except BaokeError as error:
                _line(frame, source.name, "?", FAILED, None, error)
            else:
                _line(frame, source.name, manifest.version, OFF, manifest)


def _line(  # the parts of one line
    frame: Frame, name: str, version: str, state: Text, manifest: object, error: BaokeError | None = None
) -> None:
    said = (
        error.message(frame.language)
        if error
        else getattr(manifest, "about", Text("", "")).say(frame.language)
    )
    title = getattr(manifest, "name", Text(name, name)).say(frame.language)
    frame.say(LINE, id=name, version=version, state=state.say(frame.language), name=title, about=said)


@app.command()
def adopt(
    context: typer.Context,
    plugin: Annotated[str, typer.Argument(help="Id of a plugin that is on.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the version.")],
) -> None:
    """Put the policy lines that a plugin suggests in force, as the operator.

    Lines for roles that the company does not have are left out, and said.
    """
    run(_adopt(frame_of(context), plugin, reason))


async def _adopt(frame: Frame, name: str, reason: str) -> None:
    settings, parts = load_settings(), frame.parts
    known = {one.manifest.id: one for one in parts.plugins.on}
    if name not in known:
        raise BadUserInput(name, NOT_ON, known=", ".join(known) or "-")
    async with frame.database(settings) as database:
        folder = parts.read_policies(settings.policies)
        keeper = PolicyKeeper(database, Policies(folder), parts.words)
        version, came, left = await adopt_lines(keeper, frame.viewer(), known[name], reason)
    for rule in left:
        frame.say(NO_ROLE, role=rule.role, line=rule.line)
    if version is None:
        frame.say(ALL_THERE, id=name)
    else:
        frame.say(ADOPTED, number=version.number, lines=Count(len(came)), id=name)


@app.command()
def uninstall(
    context: typer.Context,
    plugin: Annotated[str, typer.Argument(help="Id, or folder, of a plugin that is off.")],
    export: Annotated[
        Path,
        typer.Option(
            help="File for everything that its tables hold, a JSON object a line; it must not exist."
        ),
    ],
) -> None:
    """Remove the data of a plugin that is off: its tables, waiting work, keys and policy rules.

    Everything is written to a file first, sealed fields in plain text: keep it as you keep the database.
    """
    frame, settings = frame_of(context), load_settings()
    (source,) = finding.find(plugin)
    if source.name in {one.name for one in finding.find(settings.plugins)}:
        raise Conflict(source.name, STILL_ON)
    if export.exists():
        raise Conflict(str(export), THERE)
    plugins = load(f"{settings.plugins},{plugin}", Plugin, tolerant=settings.plugins_tolerant)
    for one in plugins.failed:
        if one.id == source.name:
            raise one.error
    declared = plugins[source.name]
    rows = run(_uninstall(frame, settings, declared, export))
    frame.say(REMOVED, rows=Count(rows), file=export, id=source.name)


async def _uninstall(frame: Frame, settings: Settings, declared: Declared, export: Path) -> int:
    async with frame.database(settings) as database:
        await frame.migrate(database, settings)
        return await Removal(database, declared).run(export)
