"""What passes between the HTTP edge and the engine behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.access.occasion import Occasion
from core.access.viewer import Viewer
from core.text import Language


@dataclass(slots=True)  # not frozen: those take four times as long to make, and each request makes two
class GraphQLRequest:
    """A well-formed request; the document in it may be anything."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


@dataclass(slots=True)
class Answer:
    """The JSON that goes to the client as it is. `status`: 200, or 400 where the answer has no `data`."""

    body: bytes
    status: int = 200


# The engine may raise a BaokeError instead of answering; the edge words it.
Execute: TypeAlias = Callable[[GraphQLRequest, Viewer], Awaitable[Answer]]
# The same for operations that may be answered many times; the viewer is asked for anew each time.
Stream: TypeAlias = Callable[[GraphQLRequest, Callable[[], Awaitable[Viewer]]], AsyncGenerator[Answer, None]]
# From the value of the header Authorization; Unauthenticated for any that is not accepted.
SignInFunction: TypeAlias = Callable[[bytes | None, Language, Occasion], Awaitable[Viewer]]
# Raises unless the database answers.
Ping: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a plugin's health check. Where it is `critical` and not well, the process is not ready."""

    name: str
    well: bool
    critical: bool


Health: TypeAlias = Callable[[], Awaitable[list[Checked]]]


@dataclass(frozen=True, slots=True)
class SampleToken:
    """A token to try things out with, offered by GraphiQL in development."""

    title: str
    token: str
