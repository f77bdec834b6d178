"""Which plugins can be on together, and in which order: what is required comes first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import version

from packaging.specifiers import SpecifierSet

from core import guard
from core.errors import BaokeError, ConfigurationError
from core.extension.manifest import API_LEVEL, Manifest
from core.text import Text

OTHER_LEVEL = Text(
    "was written for level {api} of the plugin contract; this Baoke serves level {level}",
    "面向插件契约级别 {api} 编写；当前保客支持级别 {level}",
)
OTHER_CORE = Text("works with Baoke {range}; this is {version}", "适用于保客 {range}；当前版本为 {version}")
MISSING = Text(
    "needs the plugin {wanted}: add it to BAOKE_PLUGINS", "需要插件 {wanted}：请将其加入 BAOKE_PLUGINS"
)
FAILED = Text("needs the plugin {wanted}, which failed", "需要插件 {wanted}，而该插件失败")
OTHER_VERSION = Text("needs the plugin {wanted}, and {found} is on", "需要插件 {wanted}，而启用的是 {found}")
CONFLICT = Text("can't be on beside {other}", "不能与 {other} 同时启用")
CIRCLE = Text("plugins require each other in a circle: {circle}", "插件相互依赖成环：{circle}")


def core_version() -> str:
    """The version of this Baoke."""
    return version(guard.DISTRIBUTION)


def check(manifest: Manifest, others: Mapping[str, Manifest]) -> None:
    """Refuse a plugin that can't be on beside the others; ConfigurationError names both."""
    if manifest.api != API_LEVEL:
        raise ConfigurationError(manifest.id, OTHER_LEVEL, api=manifest.api, level=API_LEVEL)
    if core_version() not in SpecifierSet(manifest.core, prereleases=True):
        raise ConfigurationError(manifest.id, OTHER_CORE, range=manifest.core, version=core_version())
    for text in (*manifest.requires, *manifest.optional):
        wanted = manifest.wanted(text)
        there = others.get(wanted.name)
        if there is None and text in manifest.requires:
            raise ConfigurationError(manifest.id, MISSING, wanted=text)
        if there is not None and not wanted.specifier.contains(there.version, prereleases=True):
            raise ConfigurationError(
                manifest.id, OTHER_VERSION, wanted=text, found=f"{there.id} {there.version}"
            )
    for text in manifest.conflicts:
        unwanted = manifest.wanted(text)
        beside = others.get(unwanted.name)
        if beside is not None and unwanted.specifier.contains(beside.version, prereleases=True):
            raise ConfigurationError(manifest.id, CONFLICT, other=f"{beside.id} {beside.version}")


def fallen(manifests: Iterable[Manifest], gone: Container[str]) -> dict[str, BaokeError]:
    """Those that require one of the plugins that are gone, by id, and how they are told so."""
    return {
        one.id: ConfigurationError(one.id, FAILED, wanted=text)
        for one in manifests
        for text in one.requires
        if one.wanted(text).name in gone
    }


def ordered(manifests: Iterable[Manifest]) -> list[str]:
    """Ids, each after those that it requires or can use, else as given; ConfigurationError for a circle."""
    known = {one.id: one for one in manifests}
    graph = {
        one.id: [
            wanted.name for wanted in map(one.wanted, (*one.requires, *one.optional)) if wanted.name in known
        ]
        for one in known.values()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        raise ConfigurationError(circle[0], CIRCLE, circle=" → ".join(circle)) from None
