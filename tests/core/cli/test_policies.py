"""`baoke policies`: files in and out of the database, on both databases."""

import asyncio
from pathlib import Path

import pytest

from core.db.database import Database
from tests.core.cli import test_commands as commands
from tests.core.cli.test_commands import call
from tests.core.world import POLICIES, build

environment = commands.environment
SHOW = "p, legal, class:contact, show, all, allow"
RENAMED = 'role, legal, "legal, and more", 法务，等'


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def test_files_go_in_and_out_again(tmp_path: Path) -> None:
    """What was exported differs in nothing, whatever names and orders there are."""
    nothing = call("policies", "diff", str(POLICIES))
    assert (nothing.exit_code, "start the server once" in nothing.stderr) == (1, True)
    same = call("policies", "apply", str(POLICIES), "--reason", "start")
    assert "no difference to version 1" in same.output
    folder = tmp_path / "out"
    said = call("policies", "export", str(folder))
    assert "version 1 is in" in said.output
    assert "comments of files are not kept" in said.output
    assert "no difference to version 1" in call("policies", "diff", str(folder)).output
    again = call("policies", "export", str(folder))
    assert (again.exit_code, "--overwrite" in again.stderr) == (1, True)
    with (folder / "grants.csv").open("a", encoding="utf-8") as file:
        file.write(f"{SHOW}\n# a remark\n")
    edit(folder, "roles.csv", "role, legal, legal, 法务人员", RENAMED)
    edit(folder, "grants.csv", "p, finance, type:TierAssignment, read, all, allow\n", "")
    shown = call("policies", "diff", str(folder)).output.splitlines()
    assert sorted(shown) == sorted(
        [
            f"+ {SHOW}",
            f"+ {RENAMED}",
            "- role, legal, legal, 法务人员",
            "- p, finance, type:TierAssignment, read, all, allow",
        ]
    )
    applied = call("policies", "apply", str(folder), "--reason", "audit").output
    assert "version 2 is in force (+2 -2)" in applied
    other = tmp_path / "other"
    call("policies", "export", str(other))
    assert "no difference to version 2" in call("policies", "diff", str(other)).output
    assert "no difference to version 2" in call("policies", "diff", str(folder)).output
    assert RENAMED in (other / "roles.csv").read_text("utf-8")
    assert "a remark" not in (other / "grants.csv").read_text("utf-8")
    assert "第 2 版" in call("--lang", "zh", "policies", "export", str(other), "--overwrite").output
    assert "for 12 roles and everyone: all fine" in call("policies", "check", str(other)).output
    assert "version 3 is in force" in call("policies", "apply", str(POLICIES), "--reason", "back").output


async def test_the_operator_locks_nobody_out_either(database: Database, tmp_path: Path) -> None:
    await build(database)
    folder = tmp_path / "edited"
    folder.mkdir()
    for name in ("model.conf", "roles.csv", "grants.csv"):
        (folder / name).write_text((POLICIES / name).read_text("utf-8"), "utf-8")
    edit(folder, "grants.csv", "p, administrator, type:PolicyChange, apply, all, allow\n", "")
    edit(folder, "roles.csv", "role, legal", "# role, legal")
    said = await asyncio.to_thread(call, "policies", "apply", str(folder), "--reason", "x")
    assert said.exit_code == 1
    assert "unknown role legal" in said.stderr
    edit(folder, "roles.csv", "# role, legal", "role, legal")
    said = await asyncio.to_thread(call, "policies", "apply", str(folder), "--reason", "x")
    assert said.exit_code == 1
    assert "p, administrator, type:PolicyChange, apply, all, allow: after this nobody" in said.stderr
    assert "Traceback" not in said.output


@pytest.mark.parametrize("words", [("diff", "nowhere"), ("apply", str(POLICIES), "--reason", " ")])
def test_errors_are_one_line(words: tuple[str, ...]) -> None:
    said = call("policies", *words)
    assert said.exit_code == 1
    assert len(said.stderr.splitlines()) == 1
