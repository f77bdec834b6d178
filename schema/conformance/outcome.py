"""What a check is, and what came of it."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.text import Text
from schema.conformance.stand import Stand
from schema.conformance.subject import Subject


class State(enum.Enum):
    """How a check ended."""

    OK = Text("ok", "通过")
    WARNED = Text("warning", "警告")
    FAILED = Text("failed", "未通过")
    SKIPPED = Text("skipped", "已跳过")


class Skipped(Exception):
    """There is nothing that the check could look at; `why` says what is missing, `places` what was tried."""

    def __init__(self, why: Text, places: Sequence[str] = ()) -> None:
        super().__init__(why.en)
        self.why, self.places = why, tuple(places)


Looks: TypeAlias = Callable[[Subject], Iterator[str]]
Tries: TypeAlias = Callable[[Stand], AsyncIterator[str]]


@dataclass(frozen=True)
class Check:
    """One law of the contract. `remedy`: what to do where it is broken.

    It `looks` at the plugin, or `tries` it on each database; either yields the places where it is broken.
    """

    name: str
    about: Text
    remedy: Text
    looks: Looks | None = None
    tries: Tries | None = None
    serious: bool = True
    """Otherwise it warns."""


@dataclass(frozen=True)
class Outcome:
    """What came of a check; `system`: on which; `why`: why it was skipped.

    `places`: where it is broken; where it was skipped, what came of what was tried.
    """

    check: Check
    state: State
    places: tuple[str, ...] = ()
    system: str = ""
    why: Text | None = None
