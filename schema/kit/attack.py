"""What a probe is: from one caller before the planted rows it makes attacks, and each asks what it likes."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from core.access.plan import AccessPlan
from schema.kit.door import Told, post
from schema.kit.hidden import Hidden, Sight
from schema.kit.planting import Planted
from schema.kit.routes import Map, Route
from schema.kit.stage import Caller, Stage


@dataclass(eq=False)
class Case:
    """One caller before one stage, and the choices of one seed."""

    stage: Stage
    caller: Caller
    map: Map
    draw: random.Random

    @cached_property
    def plan(self) -> AccessPlan:
        """The caller's plan."""
        return self.stage.plan(self.caller)

    @cached_property
    def sight(self) -> Sight:
        """What the caller sees of the planted rows."""
        return Sight(self.stage.garden, self.plan, related=not self.caller.stranger)

    @cached_property
    def hidden(self) -> list[Hidden]:
        """What the caller must not learn."""
        return list(self.sight.hidden())

    @cached_property
    def rows(self) -> list[Planted]:
        """Rows of which the caller must not learn something, spare ones that are invisible too."""
        spare = [row for row in self.stage.by_key.values() if row.spare and not self.sight.sees(row)]
        return [*dict.fromkeys(one.row for one in self.hidden), *spare]

    @cached_property
    def partly(self) -> frozenset[str]:
        """Types of which the caller sees rows, but not all that they hold."""
        return frozenset(one.row.type_name for one in self.hidden if self.sight.sees(one.row))

    def telling(self, among: Any, type_of: Callable[[Any], str]) -> Iterator[Any]:
        """As `shuffled`; to begin with those about types of which the caller sees a part."""
        among = list(among)
        first = [one for one in among if type_of(one) in self.partly]
        yield from self.draw.sample(first, k=len(first))
        yield from self.shuffled(among)

    def routes(self, among: Iterable[Route]) -> Iterator[Route]:
        """Routes, in such an order."""
        yield from self.telling(among, lambda route: route.type_name)

    def shuffled(self, among: Any) -> Iterator[Any]:
        """Each of them in some order, again and again in another; nothing where there are none."""
        among = list(among)
        while among:
            yield from self.draw.sample(among, k=len(among))


@dataclass
class Session:
    """One attack under way. What the caller is told is kept; what an accomplice is told is not."""

    case: Case
    statements: list[str]
    """What is sent to the database goes here, of whomever."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Statements that were sent for the caller."""
    unlike: list[tuple[Told, Told]] = field(default_factory=list)

    async def ask(self, text: str, variables: Mapping[str, Any] | None = None) -> Told:
        """Ask as the caller."""
        stage = self.case.stage
        await stage.app.sign_in(b"Bearer " + stage.token(self.case.caller).encode(), "en")  # not the answer's
        before = len(self.statements)
        told = await self.ask_as(self.case.caller, text, variables)
        self.sent += self.statements[before:]
        self.asked.append((text, repr(variables) if variables else ""))
        self.told.append(told)
        return told

    async def ask_as(self, who: Caller, text: str, variables: Mapping[str, Any] | None = None) -> Told:
        """Ask as somebody else, of whose answers the caller is told nothing."""
        stage = self.case.stage
        return await post(stage.web, stage.token(who), text, variables)

    def alike(self, one: Told, other: Told) -> None:
        """These two must be the same to the byte, but for the id of the request."""
        if visible(one) != visible(other):
            self.unlike.append((one, other))


def visible(told: Told) -> Told:
    """Without the id of the request, which differs from one to the next."""
    return Told(told.status, tuple(h for h in told.headers if h[0] != b"x-request-id"), told.body)


@dataclass(frozen=True)
class Attack:
    """One try. `text` says what, for the report."""

    text: str
    run: Callable[[Session], Awaitable[None]]


Attacks: TypeAlias = Callable[[Case], Iterator[Attack]]
"""May go on for ever, as long as each round holds everything once."""


@dataclass(frozen=True)
class Probe:
    """A way to ask for what may not be seen. `writes`: its attacks change what is stored.

    `plain`: it only selects, so that no statement for it has a use for a hidden column.
    """

    name: str
    about: str
    attacks: Attacks
    writes: bool = False
    plain: bool = False


def asks(text: str, variables: Mapping[str, Any] | None = None) -> Attack:
    """An attack that is one question."""

    async def run(session: Session) -> None:
        await session.ask(text, variables)

    return Attack(f"{text} {variables or ''}".strip(), run)
