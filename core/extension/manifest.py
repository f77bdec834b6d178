"""What a plugin says of itself before anything of it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigurationError
from core.text import Text

API_LEVEL = 1
"""The level of the contract. It rises when a plugin that was written for it may break."""

ID = re.compile(r"[a-z][a-z0-9]{1,23}")
RESERVED = frozenset({"baoke", "core", "plugin", "plugins", "schema", "system"})

BAD_ID = Text(
    "is no plugin id: 2 to 24 small letters and digits, a letter first, none of {reserved}",
    "不是合法的插件标识：2 至 24 个小写字母或数字，以字母开头，且不得为 {reserved}",
)
BAD_VERSION = Text(
    "its version {version} is none; write one such as 1.0.0", "版本 {version} 无效；请写成 1.0.0 的形式"
)
BAD_RANGE = Text(
    "{range} is no range of versions; write one such as `{like}`",
    "{range} 不是版本范围；请写成 `{like}` 的形式",
)
NO_NAME = Text("its name is needed in both languages", "名称须同时提供中文与英文")


class PluginSettings(BaseSettings):
    """Base of a plugin's settings: read from `BAOKE_<ID>_<NAME>`, each with a default and a description."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)


@dataclass(frozen=True)
class Manifest:
    """A plugin's passport. Everything but `id`, `version` and `name` has a default."""

    id: str
    """Unique: small letters and digits. Tables, events, settings and errors of the plugin carry it."""
    version: str
    """Of the plugin (PEP 440)."""
    name: Text
    """For people, in both languages."""
    about: Text = Text("", "")  # noqa: RUF009  # it is frozen
    """What it is for, in one sentence."""
    api: int = API_LEVEL
    """The level of the contract that it was written for."""
    core: str = ""
    """Which versions of Baoke it works with, such as `>=0.1,<1` (PEP 440); empty: any."""
    requires: tuple[str, ...] = ()
    """Plugins that it can't do without, with a range where it matters: `points>=1,<2`."""
    optional: tuple[str, ...] = ()
    """Plugins that it uses where they are on; they come before it."""
    conflicts: tuple[str, ...] = ()
    """Plugins beside which it can't be on."""
    settings: type[PluginSettings] | None = None
    """Its settings; the object is offered as a service under its own type."""

    def __post_init__(self) -> None:
        """Refuse what can't be used: ConfigurationError names the plugin and the remedy."""
        if not ID.fullmatch(self.id) or self.id in RESERVED:
            raise ConfigurationError(self.id, BAD_ID, reserved=", ".join(sorted(RESERVED)))
        if not (self.name.en and self.name.zh):
            raise ConfigurationError(self.id, NO_NAME)
        try:
            Version(self.version)
        except InvalidVersion:
            raise ConfigurationError(self.id, BAD_VERSION, version=self.version) from None
        try:
            SpecifierSet(self.core)
        except InvalidSpecifier:
            raise ConfigurationError(self.id, BAD_RANGE, range=self.core, like=">=0.1,<1") from None
        for wanted in (*self.requires, *self.optional, *self.conflicts):
            self.wanted(wanted)

    def wanted(self, text: str) -> Requirement:
        """A line of `requires`, `optional` or `conflicts`, read."""
        try:
            return Requirement(text)
        except InvalidRequirement:
            raise ConfigurationError(self.id, BAD_RANGE, range=text, like="points>=1,<2") from None

    @property
    def prefix(self) -> str:
        """What the names of its GraphQL types begin with: `wishes` gives `Wishes`."""
        return self.id.capitalize()

    @property
    def tables(self) -> str:
        """What the names of its tables begin with."""
        return f"p_{self.id}_"
