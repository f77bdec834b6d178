"""What one plugin declares, collected through pluggy: each hook is called once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pluggy
from pydantic import ValidationError

from core.errors import ConfigurationError
from core.extension.failing import broken
from core.extension.manifest import Manifest, PluginSettings
from core.extension.plugin import Plugin
from core.text import Text

PROJECT = "baoke"
NO_HOOK = Text(
    "{name} is no hook of level {level}; hooks: {known} (begin the names of your own methods with _)",
    "{name} 不是级别 {level} 的钩子；可用钩子：{known}（自有方法名请以 _ 开头）",
)
NO_FOLDER = Text(
    "its migrations are to lie in {folder}, which is no folder; does the package contain them?",
    "其迁移应位于 {folder}，但该文件夹不存在；发行包中是否包含它们？",
)
BAD_SETTING = Text("can't be used: {faults}", "设置无法使用：{faults}")
LATE = frozenset({"services"})
"""Hooks that take what only a running application has."""


class _Manager(pluggy.PluginManager):
    """A public method of a plugin is a hook, whether marked or not: a base class says which there are."""

    def parse_hookspec_opts(self, _namespace: Any, name: str) -> Any:
        return None if name.startswith("_") or name == "manifest" else {}

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if name.startswith("_") or not callable(getattr(type(plugin), name, None)):
            return None
        inherited = any(getattr(base, name, None) is getattr(type(plugin), name) for base in bases(plugin))
        return None if inherited else {}


def bases(plugin: Plugin) -> Iterator[type]:
    """The classes of the contract that a plugin derives from."""
    return (base for base in type(plugin).__mro__ if base.__module__ in CONTRACT)


CONTRACT = {Plugin.__module__}
"""The modules that define hooks; `schema.plugin.base` adds itself."""


@dataclass(frozen=True)
class Declared:
    """A plugin with what its hooks gave: `values["models"]` and so on."""

    plugin: Plugin
    settings: PluginSettings | None
    values: Mapping[str, Any]

    @property
    def manifest(self) -> Manifest:
        """The plugin's passport."""
        return self.plugin.manifest

    def __getitem__(self, hook: str) -> Any:
        """What a hook gave; what its default gives where the plugin lacks it."""
        return self.values[hook]


def collect(plugin: Plugin, contract: type[Plugin]) -> Declared:
    """Call the hooks of a plugin; ConfigurationError names the plugin and what is wrong."""
    name = plugin.manifest.id
    manager = _Manager(PROJECT)
    manager.add_hookspecs(contract)
    known = sorted(hook for hook in vars(manager.hook) if not hook.startswith("_"))
    manager.register(plugin, name=name)
    for hook in sorted(vars(manager.hook)):
        caller = getattr(manager.hook, hook)
        if not hook.startswith("_") and not caller.has_spec():
            level, listed = plugin.manifest.api, ", ".join(known)
            raise ConfigurationError(name, NO_HOOK, name=hook, level=level, known=listed)
    settings = read_settings(plugin.manifest)
    values = {}
    for hook in known:
        if hook not in LATE:
            values[hook] = _call(name, getattr(plugin, hook))
    folder = values["migrations"]
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(name, NO_FOLDER, folder=folder)
    return Declared(plugin, settings, values)


def _call(name: str, hook: Callable[[], Any]) -> Any:
    try:
        return hook()
    except ConfigurationError:
        raise
    except Exception as error:
        raise broken(name, error) from error


def read_settings(manifest: Manifest) -> PluginSettings | None:
    """The plugin's settings from the environment; ConfigurationError names each bad one."""
    if manifest.settings is None:
        return None
    prefix = f"BAOKE_{manifest.id.upper()}_"
    try:
        return manifest.settings(_env_prefix=prefix)
    except ValidationError as error:
        faults = "; ".join(
            f"{prefix}{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise ConfigurationError(manifest.id, BAD_SETTING, faults=faults) from None
