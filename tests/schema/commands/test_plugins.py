"""`baoke plugin`, as an operator types it, on both databases."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import server
from tests.core.world import POLICIES, build
from tests.databases import open_database

STRAW = '[project.entry-points."baoke.plugins"]\nstraw = "tests.e2e.plugins.straw:Straw"\n'


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, address: str, tmp_path: Path) -> str:
    """A project of straw, switched on."""
    made = tmp_path / "baoke-straw"
    made.mkdir()
    (made / "pyproject.toml").write_text(STRAW, encoding="utf-8")
    environment = {
        "ENV": "development",
        "DATABASE_URL": address,
        "POLICIES": str(POLICIES),
        "PLUGINS": str(made),
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return str(made)


@pytest.fixture(autouse=True)
def company(address: str) -> None:
    async def make() -> None:
        database = open_database(address)
        await build(database)
        await database.close()

    asyncio.run(make())


def call(*words: str) -> Result:
    return CliRunner().invoke(server.command(), words)


def fine(*words: str) -> str:
    said = call(*words)
    assert said.exit_code == 0, said.output
    return said.output


def test_what_is_on_is_listed_with_what_it_provides(monkeypatch: pytest.MonkeyPatch) -> None:
    said = fine("plugin", "list")
    assert "straw 1.2.0 [on] Straw: of straw" in said
    assert "  event straw.marked" in said
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "straw 1.2.0 [已启用] 稻草" in fine("plugin", "list")


def test_one_that_fails_stops_every_command_or_is_shown(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setenv("BAOKE_PLUGINS", f"{folder},nosuch")
    said = call("plugin", "list")
    assert (said.exit_code, said.output.startswith("nosuch: no installed distribution")) == (1, True)
    monkeypatch.setenv("BAOKE_PLUGINS_TOLERANT", "yes")
    said = call("plugin", "list")
    assert "straw 1.2.0 [on]" in said.output
    assert "nosuch ? [failed]" in said.output
    monkeypatch.setenv("BAOKE_PLUGINS", "")
    assert "nosuch" not in fine("plugin", "list")


FRAIL = """
from schema.plugin import Manifest, Plugin, Text
from pathlib import Path


class Frail(Plugin):
    manifest = Manifest("{name}", "1.0.0", Text("Frail", "脆弱"))

    def migrations(self):
        return Path(__file__).parent / "versions"

    def services(self, offered):
        return {gives}
"""


@pytest.mark.parametrize(("name", "gives"), [("frail1", "1 / 0"), ("frail2", "()")])
def test_commands_go_on_without_one_that_fails_late(
    monkeypatch: pytest.MonkeyPatch, folder: str, tmp_path: Path, name: str, gives: str
) -> None:
    """In its services, or in its migrations."""
    made = tmp_path / name
    (made / "versions").mkdir(parents=True)
    (made / "versions" / "0001.py").write_text("raise RuntimeError('half-way')\n", encoding="utf-8")
    (made / f"{name}.py").write_text(FRAIL.format(name=name, gives=gives), encoding="utf-8")
    entry = f'[project.entry-points."baoke.plugins"]\n{name} = "{name}:Frail"\n'
    (made / "pyproject.toml").write_text(entry, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("BAOKE_PLUGINS", f"{made},{folder}")
    said = call("db", "migrate")
    assert (said.exit_code, said.output.startswith(f"{name}: ")) == (1, True), said.output
    monkeypatch.setenv("BAOKE_PLUGINS_TOLERANT", "yes")
    assert "the database is up to date" in fine("db", "migrate")
    assert "4 lines of straw" in fine("plugin", "adopt", "straw", "--reason", "we want marks")
    assert "nothing" in fine("outbox", "list")
    monkeypatch.setenv("BAOKE_PLUGINS", str(made))
    assert "0 rows written" in fine("plugin", "uninstall", folder, "--export", str(tmp_path / "straw.jsonl"))


def test_a_plugin_has_its_own_word_and_types() -> None:
    assert "hello from straw" in fine("straw", "hello")
    assert "straw" in fine("--help")
    assert "type StrawMark implements Node" in fine("schema")


def test_suggested_policies_are_adopted_once() -> None:
    fine("db", "migrate")
    said = fine("plugin", "adopt", "straw", "--reason", "we want marks")
    assert "left out, for there is no role scarecrow" in said
    assert "version 2 is in force with 4 lines of straw" in said
    assert "every line that straw suggests is in force already" in fine(
        "plugin", "adopt", "straw", "--reason", "again"
    )
    refused = call("plugin", "adopt", "absent", "--reason", "x")
    assert (refused.exit_code, "no such plugin is on; on are: straw" in refused.output) == (1, True)


def test_a_plugin_is_removed_when_it_is_off(
    monkeypatch: pytest.MonkeyPatch, folder: str, tmp_path: Path
) -> None:
    fine("db", "migrate")
    fine("plugin", "adopt", "straw", "--reason", "we want marks")
    file = tmp_path / "straw.jsonl"
    on = call("plugin", "uninstall", folder, "--export", str(file))
    assert (on.exit_code, "it is on" in on.output, file.exists()) == (1, True, False)
    monkeypatch.setenv("BAOKE_PLUGINS", "")
    assert "0 rows written" in fine("plugin", "uninstall", folder, "--export", str(file))
    assert call("plugin", "uninstall", folder, "--export", str(file)).exit_code == 1
    fine("policies", "export", str(tmp_path / "policies"))
    assert "Straw" not in (tmp_path / "policies" / "grants.csv").read_text(encoding="utf-8")
    assert [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] == []
