"""The example plugin as a stranger has it: built, installed, found by its entry point, and tested."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.tables import POLICIES

pytestmark = pytest.mark.no_cover

EXAMPLE = ROOT / "docs" / "examples" / "baoke-praise"
UV = ROOT / ".tools" / "bin" / "uv"
BAOKE = (sys.executable, "-c", "import server; server.main()")
Run = Callable[..., str]
Session = Callable[..., list[str]]
TRIED = (
    "descriptions",
    "messages",
    "grants",
    "denied",
    "migrations",
    "uninstall",
    "budget",
    "malformed",
    "repeated",
    "handlers",
)
"""What `baoke plugin check` is asked here: what is quick. The suite has tests of its own."""


def run(*words: str | Path, cwd: Path, env: Mapping[str, str]) -> str:
    """What a program prints; it must succeed."""
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the plugin's wheel was installed."""
    folder = tmp_path_factory.mktemp("example")
    source, target, env = folder / "source", folder / "site", dict(os.environ)  # noqa: TID251
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source, env=env)
    (wheel,) = folder.glob("*.whl")
    if UV.exists():
        here = ("--python", sys.executable, "--no-deps", "--no-index", "--target", str(target))
        run(UV, "pip", "install", *here, wheel, cwd=folder, env=env)
    else:
        zipfile.ZipFile(wheel).extractall(target)
    return target


@pytest.fixture(scope="module")
def environment(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a company that has installed the plugin and switched it on; the demo data lies in its database."""
    folder = tmp_path_factory.mktemp("company")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BAOKE_", "COV_"))}  # noqa: TID251
    return kept | {
        "PYTHONPATH": os.pathsep.join((str(installed), str(ROOT))),
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
        "BAOKE_ENV": "development",
        "BAOKE_POLICIES": str(POLICIES),
        "BAOKE_PLUGINS": "praise",
        "BAOKE_DATABASE_URL": f"sqlite:///{folder / 'company.db'}",
    }


@pytest.fixture
def baoke(environment: dict[str, str], tmp_path: Path) -> Run:
    """`baoke("plugin", "list")`: what the command prints."""
    return lambda *words: run(*BAOKE, *words, cwd=tmp_path, env=environment)


@pytest.fixture
def session(environment: dict[str, str], tmp_path: Path) -> Session:
    """What commands print that are typed one after another."""

    def typed(*lines: str) -> list[str]:
        said = run(sys.executable, "-m", "tests.docs.session", *lines, cwd=tmp_path, env=environment)
        printed: list[str] = json.loads(said)
        return printed

    return typed


def test_it_is_found_and_told_of(baoke: Run) -> None:
    said = baoke("plugin", "list")
    assert "praise 1.0.0 [on] Praise: What customers say of us" in said
    for provided in (
        "table p_praise_reviews",
        "signal praise.given",
        "route /plugins/praise/webhooks/{channel}",
    ):
        assert provided in said


def test_it_can_be_tried_adopted_and_removed(session: Session, tmp_path: Path) -> None:
    export = tmp_path / "praise.jsonl"
    listed, _, summary, adopted, _, again = session(
        "--lang zh plugin list",
        "demo",
        "praise summary",
        "plugin adopt praise --reason 'we want to know'",
        f"BAOKE_PLUGINS= plugin uninstall praise --export {export}",
        "plugin adopt praise --reason 'we want it back'",
    )
    assert "praise 1.0.0 [已启用] 好评" in listed
    assert "of 5 stars" in summary
    assert "lines of praise" in adopted
    assert export.read_text(encoding="utf-8").count("p_praise_reviews") > 300
    assert "in force" in again


def test_it_keeps_to_the_contract(baoke: Run) -> None:
    only = [word for name in TRIED for word in ("--only", name)]
    said = baoke("plugin", "check", "praise", *only)
    assert " 0 failed" in said
    assert all(f"ok       {name}" in said for name in TRIED)


def test_its_own_tests_pass(environment: dict[str, str], tmp_path: Path) -> None:
    for name in ("pyproject.toml", "tests"):
        copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
        copy(EXAMPLE / name, tmp_path / name)
    options = ("-q", "-p", "no:cacheprovider", "-o", "baoke_plugins=praise")
    said = run(sys.executable, "-P", "-m", "pytest", *options, cwd=tmp_path, env=environment)
    assert " passed" in said
    assert " failed" not in said
