"""Every command that the documentation shows exists, with the options that it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer

import server
from core.settings import Settings
from plugins.points.settings import PointsSettings
from schema.testing.databases import TestSettings
from tests.docs.pages import INLINE, ROOT, Block, all_blocks, name_of, pages, prose

TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")
# At the beginning, behind assignments, or inside $( ).
COMMAND = re.compile(r"(?:^|\$\()(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?((?:baoke|make)\b[^)|&#]*)")


@pytest.fixture(scope="module")
def cli() -> Iterator[Any]:
    """The command as a newcomer has it: with the plugins that are on unless told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BAOKE_PLUGINS")
        command: Any = typer.main.get_command(server.command())
        command.list_commands(click.Context(command))  # loads them
        yield command


def commands(line: str) -> Iterator[list[str]]:
    """The commands of ours in a line of shell, as lists of words."""
    for found in COMMAND.finditer(line):
        yield shlex.split(found[1])


def subcommands(command: Any) -> dict[str, Any]:
    """The commands of a group, plugins' too; none of a command that does something itself."""
    if not hasattr(command, "list_commands"):
        return {}
    context = click.Context(command)
    return {name: command.get_command(context, name) for name in command.list_commands(context)}


def check(words: list[str], cli: Any) -> None:
    name, *rest = words
    if name == "make":
        goals = [w for w in rest if not ASSIGNMENT.match(w)]
        assert set(goals) <= TARGETS, goals
        return
    command = cli
    while subs := subcommands(command):
        if command.invoke_without_command and (not rest or rest[0].startswith("-")):
            break  # such as `baoke demo`, which has a subcommand and also does something itself
        word = rest.pop(0) if rest else ""
        assert word in subs, f"{words}: {sorted(subs)}"
        command = subs[word]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{words}: {sorted(known)}"


@pytest.mark.parametrize("block", all_blocks("sh"), ids=lambda block: block.place)
def test_shown_commands_exist(block: Block, cli: Any) -> None:
    for line in block.text.replace("\\\n", " ").splitlines():
        for words in commands(line):
            check(words, cli)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_named_commands_exist(page: Path, cli: Any) -> None:
    for code in INLINE.findall(prose(page)):
        if code.startswith(("`baoke ", "`make ")) and "…" not in code:
            check(shlex.split(code.strip("`")), cli)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_named_settings_exist(page: Path) -> None:
    known = {f"BAOKE_{name.upper()}" for name in Settings.model_fields}
    known |= {f"BAOKE_POINTS_{name.upper()}" for name in PointsSettings.model_fields}
    known |= {f"BAOKE_TEST_{name.upper()}" for name in TestSettings.model_fields}
    named = set(re.findall(r"\bBAOKE_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
    assert named - known == set()


def test_the_policy_check_of_the_front_door_needs_no_settings(
    cli: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stranger has set nothing, and then the settings ask for the keys of production."""
    monkeypatch.chdir(ROOT)
    shown = [b.text for b in all_blocks("sh") if b.page == ROOT / "README.md"]
    (line,) = re.findall(r"^\.venv/bin/baoke (policies check) var/policies$", "".join(shown), re.MULTILINE)
    cli.main([*line.split(), "policies"], standalone_mode=False)
    assert "rules" in capsys.readouterr().out


def test_every_command_is_named_somewhere(cli: Any) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in pages())
    todo: list[tuple[str, Any]] = [("baoke", cli)]
    while todo:
        path, command = todo.pop()
        subs = subcommands(command)
        todo += [(f"{path} {name}", sub) for name, sub in subs.items()]
        assert subs or path in text, path
