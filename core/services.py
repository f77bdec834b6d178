"""What an application offers at run time to its resolvers, mutations and plugins, by type."""

from __future__ import annotations

from typing import TypeVar, cast

from core.errors import ConfigurationError
from core.text import Text

T = TypeVar("T")
TWICE = Text("is offered twice in one application", "在同一应用中重复提供")


class NoSuchService(LookupError):
    """Nobody offers a service of this type: a defect of whoever asks, so it is logged and masked."""


class Services:
    """One object for each type: `services.add(database)`, then `services[Database]`."""

    def __init__(self) -> None:
        self._offered: dict[type, object] = {}

    def add(self, one: object) -> None:
        """Offer an object under its own type; ConfigurationError where there is one already."""
        if type(one) in self._offered:
            raise ConfigurationError(_name(type(one)), TWICE)
        self._offered[type(one)] = one

    def __getitem__(self, kind: type[T]) -> T:
        """The object of exactly this type; NoSuchService names the type and those that there are."""
        if kind not in self._offered:
            known = ", ".join(sorted(map(_name, self._offered))) or "none"
            raise NoSuchService(f"no service of type {_name(kind)} is offered; there are: {known}")
        return cast("T", self._offered[kind])

    def get(self, kind: type[T]) -> T | None:
        """The object of exactly this type, or None."""
        return cast("T | None", self._offered.get(kind))


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
