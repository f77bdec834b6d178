"""The hooks that need no GraphQL. Authors derive from `schema.plugin.Plugin`, which adds the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import typer

from core.access.guard import Permission
from core.access.validators import Validator
from core.db.model import Model
from core.events.declare import Event, Handler
from core.extension.manifest import Manifest
from core.jobs.declare import Context, Job
from core.services import Services
from core.text import Text
from core.tiers.signals import Signal


@dataclass(frozen=True)
class HealthCheck:
    """Asked by /readyz. `check` raises, or runs past `seconds`, where something is wrong.

    Where it is `critical`, the process counts as not ready then; else it is only shown.
    """

    name: str
    about: Text
    check: Callable[[Services], Awaitable[None]]
    critical: bool = False
    seconds: float = 2.0


Demo: TypeAlias = Callable[[Context], Awaitable[None]]
"""Fills an empty database with demo data of the plugin, after the core's, in the same transaction."""


class Plugin:
    """What a plugin declares. Each hook is called once, at the start, and gives data; none acts.

    Override the hooks that you need. A public method that is no hook is an error at the start.
    """

    manifest: ClassVar[Manifest]

    def models(self) -> Sequence[type[Model]]:
        """Its tables: `p_<id>_…`, each column with a sensitivity class, names beginning with the plugin's."""
        return ()

    def migrations(self) -> Path | None:
        """The folder of its alembic versions; it has a history of its own."""
        return None

    def permissions(self) -> Sequence[Permission]:
        """The acts that its services ask for, on types of its own or of the core."""
        return ()

    def grants(self) -> Path | None:
        """A file with suggested policy lines, which `baoke plugin adopt` puts in force."""
        return None

    def events(self) -> Sequence[type[Event]]:
        """The events that it publishes: `<id>.…`."""
        return ()

    def handlers(self) -> Sequence[Handler[Any]]:
        """What it does after events, its own and others', once they are committed: `<id>.…`."""
        return ()

    def jobs(self) -> Sequence[Job]:
        """Work that is done later or on a schedule: `<id>.…`."""
        return ()

    def signals(self) -> Sequence[Signal]:
        """Numbers of a customer that tier rules may look at: `<id>.…`."""
        return ()

    def validators(self) -> Sequence[Validator[Any]]:
        """What may refuse a change of a row before it is committed: `<id>.…`."""
        return ()

    def services(self, offered: Services) -> Sequence[object]:  # noqa: ARG002
        """Objects for its own resolvers and for other plugins, by type; `offered`: those that there are."""
        return ()

    def health(self) -> Sequence[HealthCheck]:
        """What /readyz shows of it: `<id>.…`."""
        return ()

    def commands(self) -> typer.Typer | None:
        """Its words under `baoke <id>`."""
        return None

    def demo(self) -> Demo | None:
        """Demo data."""
        return None
