"""Plugins of straw, made in a line."""

from __future__ import annotations

from typing import Any

from core.extension.manifest import Manifest
from core.extension.plugin import Plugin
from core.text import Text

NAME = Text("Straw", "稻草")


def plugin(name: str = "straw", hooks: dict[str, Any] | None = None, **manifest: Any) -> Plugin:
    """A plugin with this id, whose hooks give these values."""
    given = {"version": "1.0.0", "name": NAME, **manifest}
    body: dict[str, Any] = {"manifest": Manifest(id=name, **given)}
    for hook, value in (hooks or {}).items():
        body[hook] = lambda _self, value=value: value
    made: Plugin = type("Made", (Plugin,), body)()
    return made
