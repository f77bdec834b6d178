"""What an author of durable work declares and gets: `Job`, `Context`, `Payload`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.access.viewer import Viewer
from core.db.work import UnitOfWork
from core.errors import ConfigurationError
from core.jobs.cron import check
from core.jobs.names import checked, owner_of
from core.services import Services
from core.text import Text

SECONDS = 30.0
"""How long a batch of a handler, and a job that doesn't say otherwise, may take."""

Payload: TypeAlias = Mapping[str, Any]
"""What a job is given: an object of JSON, ids and numbers only, nothing sensitive."""

NO_TIME = Text("its seconds must be more than 0", "时限须大于 0 秒")


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler or a job works with.

    Its effects in the database commit with the row that asked for them, so they happen exactly once; effects
    outside happen at least once. `viewer` may do everything; its subject names the owner of the work.
    """

    work: UnitOfWork
    viewer: Viewer
    services: Services


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is asked for by name (`enqueue`), or by the clock.

    `run` does a part that fits into a transaction of `seconds`, and gives the payload to go on with, or None
    when all is done. `every`: a cron expression of five fields, in the company's time zone.
    """

    name: str
    run: Callable[[Context, Payload], Awaitable[Payload | None]]
    about: Text
    every: str | None = None
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        """ConfigurationError for a name, an expression or a time that can't be used."""
        checked(self.name, self.run)
        if self.every is not None:
            check(self.name, self.every)
        if self.seconds <= 0:
            raise ConfigurationError(self.name, NO_TIME)

    @property
    def owner(self) -> str:
        """The core, or a plugin's name."""
        return owner_of(self.name, self.run)
