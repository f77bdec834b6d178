"""The plugin contract does not change unseen, and every part of it is documented."""

from __future__ import annotations

from core.extension.manifest import API_LEVEL
from tests.docs import contract
from tests.docs.plugin_tables import HOOKS


def test_a_line_that_goes_raises_the_level() -> None:
    told, now = contract.FILE.read_text(encoding="utf-8"), contract.text()
    gone = set(told.splitlines()) - set(now.splitlines())
    assert not gone, f"plugins of level {API_LEVEL} may break: keep these, or raise API_LEVEL"
    assert told == now, "run `make schema` and review what the contract gains"


def test_every_hook_is_listed() -> None:
    """With its page, in both languages: `hooks` makes the table of them."""
    hooks = [line.split()[1].partition("(")[0] for line in contract.lines() if line.startswith("hook ")]
    assert sorted(HOOKS) == sorted([*hooks, "manifest", "settings"])
