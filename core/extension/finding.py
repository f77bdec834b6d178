"""Where plugins come from: entry points of installed distributions, and folders."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from core.errors import ConfigurationError
from core.extension.failing import broken
from core.extension.plugin import Plugin
from core.text import Text

GROUP = "baoke.plugins"

UNKNOWN = Text(
    "no installed distribution declares this plugin (entry points {group}); there are: {known}",
    "没有已安装的发行包声明此插件（入口点 {group}）；现有：{known}",
)
TWO_OWNERS = Text("declared by {one} and by {other}", "由 {one} 与 {other} 同时声明")
NO_PROJECT = Text(
    'no plugin here: its pyproject.toml needs one line in [project.entry-points."{group}"]',
    '此处没有插件：其 pyproject.toml 的 [project.entry-points."{group}"] 中须有一行声明',
)
NOT_A_PLUGIN = Text(
    "{target} is no class that derives from schema.plugin.Plugin and has a manifest",
    "{target} 不是派生自 schema.plugin.Plugin 且带有 manifest 的类",
)
OTHER_ID = Text(
    "the entry point is called {name}, the plugin {id}; use one name",
    "入口点名为 {name}，插件标识为 {id}；请统一",
)


@dataclass(frozen=True)
class Source:
    """A plugin by name, and where its code is: `package.module:Class`."""

    name: str
    target: str
    origin: str | Path
    """The distribution or folder that it comes from."""
    folder: Path | None = None

    def load(self) -> Plugin:
        """Import and make it; ConfigurationError says what is wrong, in one line."""
        try:
            if self.folder is not None and str(self.folder) not in sys.path:
                sys.path.append(str(self.folder))  # at the end: it can't stand in for our own packages
            module, _, name = self.target.partition(":")
            found = getattr(import_module(module), name, None)
        except ConfigurationError:
            raise
        except Exception as error:
            raise broken(self.name, error) from error
        if not (
            isinstance(found, type)
            and issubclass(found, Plugin)
            and getattr(found, "manifest", None) is not None
        ):
            raise ConfigurationError(self.name, NOT_A_PLUGIN, target=self.target)
        if found.manifest.id != self.name:
            raise ConfigurationError(self.name, OTHER_ID, name=self.name, id=found.manifest.id)
        return found()


def parts(wanted: str) -> list[str]:
    """The plugins of the setting `BAOKE_PLUGINS`: names of entry points and folders, by comma."""
    return [one for one in (part.strip() for part in wanted.split(",")) if one]


def find(wanted: str) -> list[Source]:
    """Where the plugins of the setting `BAOKE_PLUGINS` are; ConfigurationError for one that is nowhere."""
    found: dict[str, Source] = {}
    for part in parts(wanted):
        locate(part, found)
    return list(found.values())


def locate(part: str, found: dict[str, Source]) -> Source | None:
    """Where one of them is, added to those that were found; None where it is among these already."""
    source = _in_folder(Path(part)) if _is_folder(part) else _named(part, _installed())
    other = found.setdefault(source.name, source)
    if other.target != source.target or other.origin != source.origin:
        raise ConfigurationError(source.name, TWO_OWNERS, one=other.origin, other=source.origin)
    return source if other is source else None


def title(part: str) -> str:
    """What people are told of it: a name, of a folder the last part."""
    return Path(part).resolve().name if _is_folder(part) else part


def _is_folder(part: str) -> bool:
    return "/" in part or part == "."


def installed() -> list[Source]:
    """Every plugin that some installed distribution declares."""
    return [_named(name, known) for known in (_installed(),) for name in sorted(known)]


def _installed() -> Mapping[str, list[EntryPoint]]:
    known: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        known.setdefault(point.name, []).append(point)
    return known


def _named(name: str, installed: Mapping[str, list[EntryPoint]]) -> Source:
    points = installed.get(name, [])
    if not points:
        raise ConfigurationError(name, UNKNOWN, group=GROUP, known=", ".join(sorted(installed)) or "-")
    origins = sorted({_origin(point) for point in points})
    if len(origins) > 1:
        raise ConfigurationError(name, TWO_OWNERS, one=origins[0], other=origins[1])
    return Source(name, points[0].value, origins[0])


def _origin(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "?"


def _in_folder(folder: Path) -> Source:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        ((name, target),) = project["project"]["entry-points"][GROUP].items()
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError, AttributeError):
        raise ConfigurationError(str(folder), NO_PROJECT, group=GROUP) from None
    root = folder.resolve()
    return Source(name, str(target), folder, root / "src" if (root / "src").is_dir() else root)
