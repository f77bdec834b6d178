"""The plugins of one application: those that are on, in order, and those that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import structlog

from core.access.guard import Permission
from core.db.migrate import CORE, Owner
from core.db.model import Model
from core.errors import BaokeError, ConfigurationError
from core.extension import order
from core.extension.declared import Declared, collect
from core.extension.finding import Source, broken, find
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
        return (*CORE_PERMISSIONS, *self.each("permissions"))

    @cached_property
    def owners(self) -> tuple[Owner, ...]:
        """Who has tables, the core first."""
        folders = ((one.manifest.id, one["migrations"]) for one in self.on)
        return (CORE, *(Owner(name, folder) for name, folder in folders if folder is not None))

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
    found: list[Declared] = []
    failed: list[Failed] = []

    def attempt(name: str, manifest: Manifest | None, act: Callable[[], T]) -> T | None:
        try:
            return act()
        except Exception as error:
            known = error if isinstance(error, BaokeError) else broken(name, error)
            if not tolerant:
                raise known from error
            log.warning("plugin left out", plugin=name, error=known.message("en"))
            failed.append(Failed(name, known, manifest))
            return None

    for part in [one for one in wanted.split(",") if one.strip()] if tolerant else [wanted]:
        for source in attempt(part.strip(), None, lambda part=part: find(part)) or ():  # type: ignore[misc]
            one = attempt(source.name, None, lambda source=source: _read(source, contract))  # type: ignore[misc]
            found += [one] if one is not None else []
    by_id = {one.manifest.id: one for one in found}
    names, on = Names(words), NONE
    ids = attempt(wanted, None, lambda: order.ordered(one.manifest for one in by_id.values()))
    for name in ids or ():
        one = by_id[name]

        def join(one: Declared = one, on: Plugins = on) -> Plugins:
            known = {other.manifest.id: other.manifest for other in (on.on if tolerant else by_id.values())}
            order.check(one.manifest, {i: m for i, m in known.items() if i != one.manifest.id})
            names.enter(one)
            more = Plugins((*on.on, one))
            if tolerant:
                fits(more)
            return more

        on = attempt(name, one.manifest, join) or on
    if on.on and not tolerant:
        fits(on)
    return Plugins(on.on, tuple(failed))


def _read(source: Source, contract: type[Plugin]) -> Declared:
    declared = collect(source.load(), contract)
    if declared["models"] and declared["migrations"] is None:
        raise ConfigurationError(declared.manifest.id, NO_TABLES)
    return declared


def of(plugins: Sequence[Plugin], contract: type[Plugin]) -> Plugins:
    """Plugins that are there already, as tests and tools have them."""
    names, on = Names(), []
    collected = {plugin.manifest.id: collect(plugin, contract) for plugin in plugins}
    manifests = {name: one.manifest for name, one in collected.items()}
    for name in order.ordered(manifests.values()):
        one = collected[name]
        order.check(one.manifest, {i: m for i, m in manifests.items() if i != name})
        names.enter(one)
        on.append(one)
    return Plugins(tuple(on))
