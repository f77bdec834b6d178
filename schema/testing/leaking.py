"""Asking for everything that can be asked, to see that a value is nowhere in what comes back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from schema.application import Application
from schema.kit.routes import Map
from schema.kit.texts import fields_of
from schema.kit.watch import hearing
from schema.testing.clients import Clients

DEPTH = 2
"""How far it is walked from type to type."""


@dataclass(frozen=True)
class Leaks:
    """`await leaks("confidential-4711", "salesperson")`: AssertionError where the role gets to see the value.

    Every type is asked for from every type up to a step away, with all that can be selected of it; the value
    may stand neither in an answer, plain, in hex or in base64, nor in the log.
    """

    app: Application
    client: Clients

    async def __call__(self, value: str, role: str) -> None:
        """Ask for all."""
        client = self.client(role)
        with hearing() as lines:
            for text in documents(self.app):
                said = (await client.raw(text)).text
                for form in _forms(value):
                    assert form not in said, f"{role} is told {value!r} by {text}"  # noqa: S101  # it asserts
        assert value not in " ".join(lines), f"{value!r} is logged"  # noqa: S101


def documents(app: Application, depth: int = DEPTH) -> Iterator[str]:
    """A query for every step from a type to another, by the shortest way to it."""
    seen = set()
    for route in Map(app.schema, depth).routes:
        step = ("Query", *(one.to for one in route.steps))[-2], route.steps[-1]
        if step not in seen:
            seen.add(step)
            yield route.ask(fields_of(app.schema, route.type_name))


def _forms(value: str) -> tuple[str, ...]:
    data = value.encode()
    return value, data.hex(), base64.b64encode(data).decode().rstrip("=")[:-1]
