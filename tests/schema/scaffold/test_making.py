"""What `baoke plugin new` writes: it works at once, is typed and clean, and overwrites nothing (PRM-11)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadUserInput, Conflict
from schema.scaffold.making import TEMPLATE, make


def run(folder: Path, *words: str) -> str:
    """What a program of this environment says in the folder, if it ends well."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAOKE_")}  # noqa: TID251
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_tests_pass_at_once(tmp_path: Path) -> None:
    """All of them on SQLite, the shortest on PostgreSQL too: the same run on both in its author's hands."""
    folder = make("granted", tmp_path)
    said = run(folder, "pytest", "-q", "-p", "no:cacheprovider", "-k", "sqlite or entry_is_recorded")
    assert "7 passed" in said


def test_it_is_clean(tmp_path: Path) -> None:
    folder = make("granted", tmp_path)
    run(folder, "ruff", "check", "--no-cache", ".")
    run(folder, "ruff", "format", "--no-cache", "--check", ".")


def test_every_name_is_filled_in(tmp_path: Path) -> None:
    folder = make("a1", tmp_path)
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) == len([file for file in TEMPLATE.rglob("*") if file.is_file()])
    for file in files:
        assert "%" not in str(file.relative_to(folder)) + file.read_text(encoding="utf-8"), file
    assert '__prefix__ = "aentry"' in (folder / "baoke_a1" / "models.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["", "W", "Wishes", "wish-list", "wish_list", "1st", "x" * 25, "core", "plugin", "class", "../up"]
)
def test_a_bad_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadUserInput, match="2 to 24 small letters and digits"):
        make(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadUserInput, match="installed already: baoke"):
        make("points", tmp_path)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "baoke-granted").mkdir()
    with pytest.raises(Conflict, match="nothing was written"):
        make("granted", tmp_path)
    assert not list((tmp_path / "baoke-granted").iterdir())
    with pytest.raises(BadUserInput, match="no such folder"):
        make("granted", tmp_path / "nowhere")
