"""`baoke demo year`, as an operator types it."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.app import make_cli
from tests.core.world import POLICIES

CLI = make_cli()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "year.db")
    monkeypatch.chdir(tmp_path)
    settings = {"ENV": "development", "DATABASE_URL": "sqlite:///year.db", "POLICIES": str(POLICIES)}
    for name, value in settings.items():
        monkeypatch.setenv(f"BAOKE_{name}", value)


def test_a_year_says_what_it_planted() -> None:
    words = ("demo", "year", "--employees", "40", "--weeks", "10")
    said = CliRunner().invoke(CLI, ("--lang", "en", *words))
    assert said.exit_code == 0, said.output
    first, *planted = said.stdout.splitlines()
    assert first.startswith("demo data, no real people: 40 employees, ")
    plots = "|".join(planted)  # who is flagged follows from the day; `tests.core.demo.year` holds the clock
    for plot in (
        "browses",
        "fortnight before leaving",
        "saying for what",
        "stands in",
        "department",
        "is new",
    ):
        assert plot in plots
    again = CliRunner().invoke(CLI, ("--lang", "zh", *words))
    assert again.exit_code == 1
    assert "演示数据只能载入空数据库" in again.stderr


def test_too_small_a_company_is_refused() -> None:
    said = CliRunner().invoke(CLI, ("--lang", "en", "demo", "year", "--employees", "10"))
    assert said.exit_code == 1
    assert "at least 40 employees and 10 weeks" in said.stderr
