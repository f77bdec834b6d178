"""`baoke plugin new` and `baoke plugin check`, as an author types them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import server
from core.db.model import Model

LOOKING = [
    f"--only={name}" for name in ("descriptions", "settings", "messages", "imports", "grants", "codes")
]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What a plugin that is loaded leaves in this process is taken away."""
    tables, path = {*Model.metadata.tables}, [*sys.path]
    monkeypatch.chdir(tmp_path)
    yield
    sys.path[:] = path
    for table in [one for name, one in Model.metadata.tables.items() if name not in tables]:
        Model.metadata.remove(table)


def call(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(server.command(), ["--lang", language, "plugin", *words])


def test_a_new_plugin_is_written_and_checked() -> None:
    made = call("new", "typed")
    assert made.exit_code == 0, made.output
    assert "./baoke-typed is there." in made.output
    checked = call("check", "./baoke-typed", *LOOKING)
    assert checked.exit_code == 0, checked.output
    assert "ok       grants" in checked.output
    assert checked.output.rstrip().endswith("typed 0.1.0: 5 ok, 0 warnings, 0 failed, 1 skipped")


def test_what_is_amiss_is_told_with_its_remedy() -> None:
    assert call("new", "mistyped").exit_code == 0
    file = Path("baoke-mistyped/baoke_mistyped/permissions.py")
    file.write_text(file.read_text(encoding="utf-8").replace('"为客户登记事项"', '""'), encoding="utf-8")
    checked = call("check", "./baoke-mistyped", *LOOKING, language="zh")
    assert checked.exit_code == 1
    assert "未通过" in checked.output
    assert "baoke_mistyped/permissions.py:5" in checked.output
    assert "→ 请写成 Text(英文, 中文)" in checked.output


def test_mistakes_end_in_one_line() -> None:
    for words in (
        ("new", "Wishes"),
        ("new", "points"),
        ("check", "./nowhere"),
        ("check", "points", "--only=all"),
    ):
        said = call(*words)
        assert said.exit_code == 1
        assert len(said.stderr.strip().splitlines()) == 1, said.output
