"""Hooks are called once; what is none, or fails, is told with the plugin's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError
from core.extension.declared import collect
from core.extension.manifest import PluginSettings
from core.extension.plugin import Plugin
from tests.core.extension.straw import plugin


class Tuned(PluginSettings):
    """Two settings."""

    days: int = 3
    name: str = "x"


def test_a_hook_that_is_none_is_refused_and_the_hooks_are_listed() -> None:
    with pytest.raises(ConfigurationError, match=r"modells is no hook of level 1; hooks: .*handlers.*models"):
        collect(plugin(hooks={"modells": ()}), Plugin)


def test_private_methods_are_the_plugins_own() -> None:
    assert collect(plugin(hooks={"_helper": 1}), Plugin)["models"] == ()


def test_what_a_hook_raises_names_the_plugin_and_the_error() -> None:
    class Broken(Plugin):
        manifest = plugin().manifest

        def models(self) -> Any:
            raise ZeroDivisionError("by zero")

    with pytest.raises(ConfigurationError, match="straw: could not be loaded: ZeroDivisionError: by zero"):
        collect(Broken(), Plugin)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOKE_STRAW_DAYS", "7")
    assert collect(plugin(settings=Tuned), Plugin).settings == Tuned(days=7)
    monkeypatch.setenv("BAOKE_STRAW_DAYS", "many")
    with pytest.raises(ConfigurationError, match="BAOKE_STRAW_DAYS: Input should be a valid integer"):
        collect(plugin(settings=Tuned), Plugin)


def test_migrations_that_are_not_there(tmp_path: Path) -> None:
    absent = tmp_path / "migrations"
    with pytest.raises(ConfigurationError, match=r"straw: its migrations are to lie in .*migrations, which"):
        collect(plugin("straw", {"migrations": absent}), Plugin)
    absent.mkdir()
    assert collect(plugin("straw", {"migrations": absent}), Plugin)["migrations"] == absent
