"""Finding plugins, and starting with or without one that fails."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError
from core.extension import finding
from core.extension.failing import PluginError
from core.extension.finding import find
from core.extension.plugin import Plugin
from core.extension.plugins import Plugins, blame, load, of
from core.text import Text
from tests.core.extension.straw import plugin

MODULE = """
from core.extension.manifest import Manifest
from core.extension.plugin import Plugin
from core.text import Text
{before}
class Made(Plugin):
    manifest = Manifest(id="{name}", version="1.0.0", name=Text("x", "x"){more}){hook}
"""


@pytest.fixture(autouse=True)
def _clean_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def project(
    folder: Path, name: str, before: str = "", more: str = "", entry: str = "", hook: str = ""
) -> Path:
    """A folder with a plugin, as `baoke plugin new` makes one."""
    made = folder / f"baoke-{name}"
    made.mkdir()
    entry = entry or f'{name} = "straw_{name}:Made"'
    (made / "pyproject.toml").write_text(f'[project.entry-points."baoke.plugins"]\n{entry}\n')
    (made / f"straw_{name}.py").write_text(MODULE.format(before=before, name=name, more=more, hook=hook))
    return made


def test_a_plugin_is_found_by_its_folder(tmp_path: Path) -> None:
    made = project(tmp_path, "inafolder")
    plugins = load(f" {made} ,", Plugin)
    assert [one.manifest.id for one in plugins.on] == ["inafolder"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("# nothing", "no plugin here"),
        ('bad1 = "straw_bad1:Absent"', "straw_bad1:Absent is no class"),
        ('bad1 = "straw_absent:Made"', "could not be loaded: ModuleNotFoundError"),
        ('other = "straw_bad1:Made"', "entry point is called other, the plugin bad1"),
    ],
)
def test_a_folder_without_a_plugin_says_what_it_lacks(tmp_path: Path, entry: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        load(str(project(tmp_path, "bad1", entry=entry)), Plugin)


def test_a_name_that_nobody_declares_lists_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match=r"nosuch: no installed distribution declares this plugin"):
        find("nosuch")


def test_a_name_that_two_distributions_declare_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dist:
        def __init__(self, name: str) -> None:
            self.name = name

    def points(**_: Any) -> list[importlib.metadata.EntryPoint]:
        made = (importlib.metadata.EntryPoint("twice", "m:C", finding.GROUP) for _ in range(2))
        return [one._for(Dist(name)) for one, name in zip(made, ("one", "other"), strict=True)]  # type: ignore[attr-defined]

    monkeypatch.setattr(finding, "entry_points", points)
    with pytest.raises(ConfigurationError, match="declared by one and by other"):
        find("twice")


def test_one_that_fails_stops_the_start_unless_the_operator_says_so(tmp_path: Path) -> None:
    broken = project(tmp_path, "broken", before="raise RuntimeError('at import')")
    needs = project(tmp_path, "needs", more=', requires=("broken",)')
    unfit, fine = project(tmp_path, "unfit"), project(tmp_path, "fine")

    def fits(plugins: Plugins) -> None:
        if any(one.manifest.id == "unfit" for one in plugins.on):
            raise ConfigurationError("fine", Text("can't be on beside me", "不能与我同时启用"))

    wanted = ",".join(map(str, (broken, needs, unfit, fine)))
    with pytest.raises(ConfigurationError, match="broken: could not be loaded: RuntimeError: at import"):
        load(wanted, Plugin, fits=fits)
    with pytest.raises(ConfigurationError, match=r"^unfit: fine: can't be on beside me"):
        load(",".join(map(str, (fine, unfit))), Plugin, fits=fits)
    found = load(f"{wanted},nosuch", Plugin, tolerant=True, fits=fits)
    assert [one.manifest.id for one in found.on] == ["fine"]
    assert {one.id: one.error.message("en").partition(";")[0] for one in found.failed} == {
        "broken": "broken: could not be loaded: RuntimeError: at import",
        "nosuch": "nosuch: no installed distribution declares this plugin (entry points baoke.plugins)",
        "needs": "needs: needs the plugin broken, which failed",
        "unfit": "fine: can't be on beside me",
    }


def test_the_names_of_one_that_is_left_out_are_free(tmp_path: Path) -> None:
    act = "from core.access.guard import Permission"
    hook = "\n    def permissions(self):\n        return (Permission('Customer', 'mark', Text('x', 'x')),)"
    folders = [project(tmp_path, name, act, hook=hook) for name in ("first", "second")]

    def fits(plugins: Plugins) -> None:
        if any(one.manifest.id == "first" for one in plugins.on):
            raise ConfigurationError("first")

    found = load(",".join(map(str, folders)), Plugin, tolerant=True, fits=fits)
    assert [one.manifest.id for one in found.on] == ["second"]
    found = load(",".join(map(str, folders)), Plugin, tolerant=True)
    assert [one.manifest.id for one in found.on] == ["first"]


def test_one_of_those_that_require_each_other_is_told_the_others_fall_with_it(tmp_path: Path) -> None:
    one = project(tmp_path, "round1", more=', requires=("round2",)')
    other, fine = project(tmp_path, "round2", more=', requires=("round1",)'), project(tmp_path, "round3")
    found = load(f"{one},{other},{fine}", Plugin, tolerant=True)
    assert [one.manifest.id for one in found.on] == ["round3"]
    said = sorted(one.error.message("en").partition(" ")[2] for one in found.failed)
    assert [words.split()[0] for words in said] == ["needs", "plugins"]


def test_a_conflict_leaves_out_whoever_says_so(tmp_path: Path) -> None:
    one, other = project(tmp_path, "shy", more=', conflicts=("loud",)'), project(tmp_path, "loud")
    found = load(f"{one},{other}", Plugin, tolerant=True)
    assert ([on.manifest.id for on in found.on], [out.id for out in found.failed]) == (["loud"], ["shy"])


def test_a_folder_that_fails_is_called_by_its_name_and_takes_no_plugin_with_it(tmp_path: Path) -> None:
    fine, bare = project(tmp_path, "fine2"), tmp_path / "fine2"
    bare.mkdir()
    found = load(f"{fine},{bare}/", Plugin, tolerant=True)
    assert ([one.manifest.id for one in found.on], [one.id for one in found.failed]) == (["fine2"], ["fine2"])


def test_what_is_raised_without_a_plugin_is_nobodys_fault() -> None:
    def fails(_plugins: Plugins) -> None:
        raise ConfigurationError("the core")

    with pytest.raises(ConfigurationError, match=r"^the core") as caught:
        blame(of([plugin()], Plugin), fails)
    assert not isinstance(caught.value, PluginError)
