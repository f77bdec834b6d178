"""Policies of a folder where a plugin that they speak of was left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.access.rules import PolicyError
from core.runtime import read_policies, words_of
from tests.core.world import POLICIES

THEIRS = ("p, leader, type:StrawMark, read, all, allow", "p, leader, class:straw_mark, show, all, allow")


def folder(into: Path, *lines: str) -> Path:
    """The policies with these lines in place of those that are there."""
    shutil.copytree(POLICIES, into, dirs_exist_ok=True)
    (into / "grants.csv").write_text("\n".join(lines), encoding="utf-8")
    return into


def test_lines_about_a_plugin_that_failed_rest(tmp_path: Path) -> None:
    own = "p, leader, type:Customer, read, all, allow"
    made = folder(tmp_path, *THEIRS, own)
    with pytest.raises(PolicyError, match="unknown type StrawMark"):
        read_policies(made, words_of())
    assert [rule.line for rule in read_policies(made, words_of(), ["straw"]).rules] == [own]


def test_what_would_open_more_by_resting_is_a_fault_all_the_same(tmp_path: Path) -> None:
    made = folder(tmp_path, *THEIRS, "p, leader, class:nosuch, show, all, deny")
    with pytest.raises(PolicyError, match="unknown class nosuch"):
        read_policies(made, words_of(), ["straw"])
