"""What all commands share: the language of the terminal, errors in one line, the parts they work with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from typer.core import TyperGroup

from core.access.rules import Policy, Vocabulary
from core.access.viewer import Viewer
from core.db.database import Database
from core.db.model import Model
from core.errors import BaokeError
from core.events.declare import Event
from core.events.registry import Events
from core.extension.equipping import equip, migrate_all
from core.extension.failing import PluginError
from core.extension.plugins import NONE, Plugins
from core.runtime import open_database, operator, read_policies, words_of
from core.settings import Settings
from core.text import Language, Text

T = TypeVar("T")


def _no_plugins() -> Plugins:
    return NONE


def _nobody_listens(_plugins: Plugins) -> Iterable[type[Event]]:
    return ()


def _words(plugins: Plugins) -> Vocabulary:
    return words_of(plugins.models, plugins.permissions)


@dataclass(frozen=True)
class Parts:
    """What commands work with: the plugins, loaded when first asked for, and what follows from them."""

    load_plugins: Callable[[], Plugins] = _no_plugins
    vocabulary: Callable[[Plugins], Vocabulary] = _words
    listened: Callable[[Plugins], Iterable[type[Event]]] = _nobody_listens

    @cached_property
    def plugins(self) -> Plugins:
        """The plugins that are on."""
        return self.load_plugins()

    @property
    def models(self) -> Mapping[str, type[Model]]:
        """All types with rows."""
        return self.plugins.models

    @cached_property
    def words(self) -> Vocabulary:
        """What policies may speak of."""
        return self.vocabulary(self.plugins)

    def read_policies(self, folder: Path) -> Policy:
        """The policies of a folder, checked."""
        return read_policies(folder, self.words, self.plugins.failed)

    def go_on_with(self, plugins: Plugins) -> None:
        """Fewer plugins than there were; what follows from them is found anew."""
        vars(self).pop("words", None)
        vars(self)["plugins"] = plugins


@dataclass(frozen=True)
class Frame:
    """One command that runs: its language, its parts, where it prints."""

    language: Language
    parts: Parts
    console: Console = field(default_factory=Console)

    def say(self, text: Text, **params: object) -> None:
        """Print a sentence."""
        self.print(text.say(self.language, **params))

    def print(self, line: str) -> None:
        """Print a line as it is."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def viewer(self) -> Viewer:
        """Who acts."""
        return operator(self.language, self.parts.models)

    @asynccontextmanager
    async def database(self, settings: Settings) -> AsyncIterator[Database]:
        """The database, closed afterwards."""
        opened = open_database(settings)
        try:
            self._equip(opened, settings)
            yield opened
        finally:
            await opened.close()

    async def migrate(self, database: Database, settings: Settings) -> None:
        """Bring the tables up to date; see `migrate_all`."""
        before = self.parts.plugins
        left = await migrate_all(database, before, tolerant=settings.plugins_tolerant)
        if left is not before:
            self.parts.go_on_with(left)
            self._equip(database, settings)

    def _equip(self, database: Database, settings: Settings) -> None:
        """With the plugins, or with those that can be equipped, where that is tolerated."""
        try:
            services = equip(database, settings, self.parts.plugins)
        except PluginError as error:
            self.parts.go_on_with(self.parts.plugins.without(error, tolerant=settings.plugins_tolerant))
            self._equip(database, settings)
        else:
            services[Events].find_listened = lambda: self.parts.listened(self.parts.plugins)


def frame_of(context: typer.Context) -> Frame:
    """The frame that the root command made."""
    return context.ensure_object(Frame)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine."""
    return asyncio.run(work)


class Group(TyperGroup):
    """The root command: the product's errors are one line on standard error and exit code 1, no trace.

    A word that the core lacks is a plugin's id.
    """

    parts = Parts()

    def list_commands(self, ctx: Any) -> list[str]:
        """The core's words, then those of plugins, unless they can't be loaded: help is always there."""
        mine = super().list_commands(ctx)
        try:
            return [*mine, *(name for name in self._plugins if name not in mine)]
        except BaokeError:
            return mine

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The core's, or a plugin's."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in self._plugins:
            found = typer.main.get_command(self._plugins[cmd_name])
            found.name = cmd_name
        return found

    @property
    def _plugins(self) -> dict[str, typer.Typer]:
        """The commands of plugins."""
        declared = ((one.manifest.id, one["commands"]) for one in self.parts.plugins.on)
        return {name: app for name, app in declared if app is not None}

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BaokeError as error:
            typer.echo(error.message(language_of(ctx.params.get("lang") or "")), err=True)
            raise typer.Exit(1) from None


def language_of(locale: str) -> Language:
    """The language of a locale such as `zh_CN.UTF-8`."""
    return "zh" if locale.lower().startswith("zh") else "en"
