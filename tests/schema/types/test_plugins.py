"""What every employee may read of the plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.access.rules import PolicyError
from core.db.migrate import NotMigrated
from core.errors import BaokeError, ConfigurationError
from core.extension.failing import broken
from core.extension.plugin import Plugin
from core.extension.plugins import of
from core.text import Text
from schema.plugin.base import Route, RouteCall
from schema.plugin.describing import grants_of
from schema.types.plugins import Described, _info
from tests.core.extension.straw import plugin

SECRET = "postgresql://baoke:13800000000@db/baoke"


def said(error: BaokeError) -> str:
    shown = _info(Described("straw", None, error=error), "en").error
    assert shown is not None
    return shown.message


def test_what_a_plugin_raised_is_for_the_log() -> None:
    assert said(broken("straw", RuntimeError(SECRET))) == "straw: could not be loaded; the log says why"
    assert said(ConfigurationError("straw", Text("is too old", "过旧"))) == "straw: is too old"
    failed = NotMigrated("straw", RuntimeError(SECRET))
    assert said(failed) == "straw: could not be loaded; the log says why"


def test_paths_of_the_server_are_for_the_log() -> None:
    folder = Path("/srv/tenants/secret/baoke-straw")
    text = Text("its migrations are to lie in {folder}", "其迁移应位于 {folder}")
    assert said(ConfigurationError(str(folder), text, folder=folder)) == (
        "straw: its migrations are to lie in baoke-straw"
    )
    fault = PolicyError("grants.csv:2")
    fault.others = [PolicyError("grants.csv:3")]
    assert said(fault).splitlines() == [
        f"grants.csv:{line}: this policy line can't be used" for line in (2, 3)
    ]


async def _answer(_call: RouteCall) -> Any:
    raise AssertionError


def test_a_path_stays_behind_the_plugins_name() -> None:
    with pytest.raises(ConfigurationError, match="route 'es/hook': the path of a route begins with /"):
        Route("es/hook", "Would answer at /plugins/wishes/hook for the plugin wish.", _answer)


@pytest.mark.parametrize("path", ["/{one:nosuch}", "/{one}/{one}"])
def test_a_path_that_can_not_be_matched_is_told_when_it_is_declared(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"route '.*': can't be matched: "):
        Route(path, "Would end the start.", _answer)


def test_suggested_lines_are_in_a_file_of_one_name(tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("p, leader, type:Customer, read, all, allow\n", encoding="utf-8")
    made = of([plugin("straw", {"grants": lines})], Plugin)
    with pytest.raises(ConfigurationError, match=r"straw: .* lines\.csv; call the file grants\.csv"):
        grants_of(made["straw"])
