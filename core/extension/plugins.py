"""The plugins of one application: those that are on, in order, and those that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import structlog

from core.access.exporting import exports
from core.access.guard import Permission
from core.db.migrate import CORE, Owner
from core.db.model import Model
from core.errors import BaokeError, ConfigurationError
from core.extension import order
from core.extension.declared import Declared, collect
from core.extension.failing import PluginError, blaming
from core.extension.finding import Source, locate, parts, title
from core.extension.manifest import Manifest
from core.extension.names import Names
from core.extension.plugin import Plugin
from core.models import CORE_MODELS
from core.permissions import CORE_PERMISSIONS
from core.text import Text

T = TypeVar("T")
NO_TABLES = Text(
    "has models and no migrations, so its tables are never made: give their folder in `migrations`",
    "声明了模型却没有迁移，数据表无从建立：请在 `migrations` 钩子中给出迁移目录",
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Failed:
    """A plugin that was left out, as the operator allows by `BAOKE_PLUGINS_TOLERANT`."""

    id: str
    error: BaokeError
    manifest: Manifest | None = None


@dataclass(frozen=True)
class Plugins:
    """What the plugins of an application declare, each after those that it requires."""

    on: tuple[Declared, ...] = ()
    failed: tuple[Failed, ...] = ()

    def each(self, hook: str) -> Iterator[Any]:
        """What the hook gave, over all plugins."""
        return (one for declared in self.on for one in declared[hook])

    @cached_property
    def models(self) -> dict[str, type[Model]]:
        """Type name to model, the core's included."""
        return CORE_MODELS | {model.__name__: model for model in self.each("models")}

    @cached_property
    def permissions(self) -> tuple[Permission, ...]:
        """Every act, the core's included."""
        own = exports({model.__name__: model for model in self.each("models")})
        return (*CORE_PERMISSIONS, *self.each("permissions"), *own)

    @cached_property
    def owners(self) -> tuple[Owner, ...]:
        """Who has tables, the core first."""
        folders = ((one.manifest.id, one["migrations"]) for one in self.on)
        return (CORE, *(Owner(name, folder) for name, folder in folders if folder is not None))

    def without(self, error: PluginError, *, tolerant: bool) -> Plugins:
        """What is left when one failed and those that require it are gone; raises, unless `tolerant`."""
        if not tolerant:
            raise error
        gone = {error.plugin: error.cause}
        while more := order.fallen((one.manifest for one in self.on if one.manifest.id not in gone), gone):
            gone |= more
        manifests = {one.manifest.id: one.manifest for one in self.on}
        failed = [Failed(title(name), why, manifests.get(name)) for name, why in gone.items()]
        for one in failed:
            log.warning("plugin left out", plugin=one.id, error=one.error.message("en"))
        on = tuple(one for one in self.on if one.manifest.id not in gone)
        return Plugins(on, (*self.failed, *failed))

    def __getitem__(self, name: str) -> Declared:
        """The plugin with this id; KeyError where it is not on."""
        return {one.manifest.id: one for one in self.on}[name]


NONE = Plugins()


def load(
    wanted: str,
    contract: type[Plugin],
    *,
    tolerant: bool = False,
    words: Iterable[str] = (),
    fits: Callable[[Plugins], object] = lambda _: None,
) -> Plugins:
    """The plugins of the setting `BAOKE_PLUGINS`.

    `contract`: the class that says which hooks there are; `words`: the core's commands; `fits`: raises where
    the plugins can't be put together. One that fails stops the start (ConfigurationError names it), unless
    `tolerant`: then it is left out, with all that require it, and kept in `failed`.
    """
    sources: dict[str, Source] = {}
    found: list[Declared] = []
    failed: list[PluginError] = []
    for part in parts(wanted):
        try:
            source = locate(part, sources)
            if source is not None:
                with blaming(source.name):
                    found.append(_read(source.load(), contract))
        except ConfigurationError as error:
            if not tolerant:
                raise
            known = error if isinstance(error, PluginError) else PluginError(error.field or part, error)
            failed.append(known)
    plugins = Plugins(tuple(found))
    for one in failed:
        plugins = plugins.without(one, tolerant=tolerant)
    while True:
        try:
            return _united(plugins, tuple(words), fits)
        except PluginError as error:
            plugins = plugins.without(error, tolerant=tolerant)


def of(plugins: Sequence[Plugin], contract: type[Plugin]) -> Plugins:
    """Plugins that are there already, as tests and tools have them."""
    return _united(Plugins(tuple(collect(one, contract) for one in plugins)))


def _read(plugin: Plugin, contract: type[Plugin]) -> Declared:
    declared = collect(plugin, contract)
    if declared["models"] and declared["migrations"] is None:
        raise ConfigurationError(declared.manifest.id, NO_TABLES)
    return declared


def _united(
    plugins: Plugins, words: Iterable[str] = (), fits: Callable[[Plugins], object] = lambda _: None
) -> Plugins:
    """In order, each checked beside the others; PluginError names the first that can't be on."""
    by_id = {one.manifest.id: one for one in plugins.on}
    manifests = {name: one.manifest for name, one in by_id.items()}
    try:
        ids = order.ordered(manifests.values())
    except ConfigurationError as error:
        raise PluginError(error.field or "", error) from error
    names, united = Names(words), replace(plugins, on=())
    for name in ids:
        try:
            with blaming(name):
                order.check(manifests[name], {i: m for i, m in manifests.items() if i != name})
                names.enter(by_id[name])
        except PluginError:
            blame(united, fits)  # one that does not fit takes no names from others
            raise
        united = replace(united, on=(*united.on, by_id[name]))
    if united.on:
        blame(united, fits)
    return united


def blame(plugins: Plugins, act: Callable[[Plugins], T]) -> T:
    """What `act` gives. Where it raises, PluginError names the first plugin that it raises with."""
    try:
        return act(plugins)
    except PluginError:
        raise
    except Exception:
        act(NONE)  # else it is no plugin's fault
        for count, one in enumerate(plugins.on, 1):
            with blaming(one.manifest.id):
                act(replace(plugins, on=plugins.on[:count]))
        raise
