"""The plugins of this application, as clients and operators see them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

import strawberry

from core.db.migrate import NOT_MIGRATED
from core.errors import BaokeError, ConfigurationError
from core.extension.failing import BROKEN
from core.extension.manifest import Manifest
from core.text import Language, Text
from schema.compiler.interpreter import RequestContext
from schema.vocabulary.enums import expose

FOREIGN = (BROKEN, NOT_MIGRATED)
"""Texts that hold what others' code said."""
IN_THE_LOG = Text("could not be loaded; the log says why", "无法加载；原因见日志")


class PluginState(enum.Enum):
    """Whether a plugin is on."""

    ON = Text("it is on", "已启用")
    FAILED = Text("it could not be loaded and is left out", "无法加载，已略过")


expose(PluginState)


@dataclass(frozen=True)
class Described:
    """A plugin of this application: what it says of itself, what it provides and suggests, why it failed."""

    id: str
    manifest: Manifest | None
    provides: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    error: BaokeError | None = None


@dataclass(frozen=True)
class PluginList:
    """All plugins of an application, as a service."""

    all: tuple[Described, ...]


@strawberry.type(description="What went wrong with a plugin.")
class PluginError:
    """A code and a message."""

    code: str = strawberry.field(description="Stable code, as in docs/errors.md.")
    message: str = strawberry.field(description="What is wrong, in the language of `Accept-Language`.")


@strawberry.type(description="A plugin that is switched on in this application.")
class PluginInfo:
    """GraphQL form of `Described`."""

    id: str = strawberry.field(description="Its id.")
    name: str | None = strawberry.field(description="Its name, in the language of `Accept-Language`.")
    about: str | None = strawberry.field(description="What it is for, in the language of `Accept-Language`.")
    version: str | None = strawberry.field(description="Its version; null where it could not be read.")
    state: PluginState = strawberry.field(description="Whether it is on.")
    error: PluginError | None = strawberry.field(description="Why it failed; null where it is on.")
    provides: list[str] = strawberry.field(
        description="What it adds, by sort and name, such as `event points.earned`."
    )
    suggested_grants: list[str] = strawberry.field(
        description="Policy lines that it suggests; an administrator proposes those that the company wants."
    )


def plugins(info: strawberry.Info[RequestContext, None]) -> list[PluginInfo]:
    """Those that are on in order of loading, then those that failed."""
    language = info.context.viewer.language
    return [_info(one, language) for one in info.context.services[PluginList].all]


def _info(one: Described, language: Language) -> PluginInfo:
    manifest = one.manifest

    def say(text: Text) -> str | None:
        return text.say(language) or None

    return PluginInfo(
        id=one.id,
        name=None if manifest is None else say(manifest.name),
        about=None if manifest is None else say(manifest.about),
        version=None if manifest is None else manifest.version,
        state=PluginState.ON if one.error is None else PluginState.FAILED,
        error=None
        if one.error is None
        else PluginError(code=one.error.code, message=_told(one.id, one.error).message(language)),
        provides=list(one.provides),
        suggested_grants=list(one.grants),
    )


def _told(one: str, error: BaokeError) -> BaokeError:
    """What every employee may read of what is wrong with a plugin.

    The words of a foreign exception may hold addresses and passwords; paths of the server end in a name.
    """
    if error.reason in FOREIGN:
        return ConfigurationError(one, IN_THE_LOG)
    field = one if "/" in (error.field or "") else error.field
    params = {k: value.name if isinstance(value, Path) else value for k, value in error.params.items()}
    said = type(error).__new__(type(error))
    vars(said).update(vars(error), field=field, params=params)
    return said
