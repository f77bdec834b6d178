"""The plugin contract does not change unseen, and every part of it is documented."""

from __future__ import annotations

from core.extension.manifest import API_LEVEL
from tests.docs import contract


def test_a_line_that_goes_raises_the_level() -> None:
    told, now = contract.FILE.read_text(encoding="utf-8"), contract.text()
    gone = set(told.splitlines()) - set(now.splitlines())
    assert not gone, f"plugins of level {API_LEVEL} may break: keep these, or raise API_LEVEL"
    assert told == now, "run `make schema` and review what the contract gains"


def test_every_hook_has_a_page() -> None:
    hooks = [line.split()[1].partition("(")[0] for line in contract.lines() if line.startswith("hook ")]
    listed = (contract.FILE.parent / "hooks.md").read_text(encoding="utf-8")
    for hook in (*hooks, "manifest", "settings"):
        assert (contract.FILE.parent / "hooks" / f"{hook}.md").is_file(), hook
        assert f"(hooks/{hook}.md)" in listed, hook
