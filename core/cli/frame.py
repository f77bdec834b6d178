"""What all commands share: the language of the terminal, errors in one line, the parts they work with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from typer.core import TyperGroup

from core.access.rules import Policy, Vocabulary
from core.access.viewer import Viewer
from core.db.database import Database
from core.db.migrate import CORE, Owner
from core.db.model import Model
from core.errors import BaokeError
from core.models import CORE_MODELS
from core.runtime import open_database, operator, read_policies, words_of
from core.settings import Settings
from core.text import Language, Text

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """What the composition root may widen: types, migrations and policies of plugins."""

    models: Mapping[str, type[Model]] = field(default_factory=lambda: CORE_MODELS)
    owners: Sequence[Owner] = (CORE,)
    read_policies: Callable[[Path], Policy] = read_policies
    words: Callable[[], Vocabulary] = words_of


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
            yield opened
        finally:
            await opened.close()


def frame_of(context: typer.Context) -> Frame:
    """The frame that the root command made."""
    return context.ensure_object(Frame)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine."""
    return asyncio.run(work)


class Group(TyperGroup):
    """The root command: the product's errors are one line on standard error and exit code 1, no trace."""

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
