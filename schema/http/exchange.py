"""A request that came whole, answered whole: what ASGI's messages would take a tenth of a small query for."""

from __future__ import annotations

from typing import TypeAlias

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

EXTENSION = "baoke.exchange"
"""The name under which it is in the scope, as ASGI wants extensions of a server to be."""


def lines_of(headers: Headers) -> bytes:
    """Headers as HTTP writes them."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class Exchange:
    """One request and its answer, past `receive` and `send`. None of its headers may come from a client."""

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        """`cycle`: uvicorn's own of this request."""
        self._cycle = cycle

    def body(self) -> bytes | None:
        """The request's body; None where it has not come whole yet, so that one has to wait for it."""
        cycle = self._cycle
        return None if cycle.more_body or cycle.disconnected else bytes(cycle.body)

    def answer(self, status: int, lines: bytes, body: bytes) -> bool:
        """Send all of it in one system call; False where it has to be sent by and by, or to nobody.

        `lines`: the headers, without `connection`.
        """
        cycle = self._cycle
        if cycle.disconnected or cycle.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        ends = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        cycle.transport.write(b"".join((STATUS_LINE[status], lines, ends, body)))
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
        return True


def exchange_of(scope: Scope) -> Exchange | None:
    """That of a request; None under a server that has none."""
    found: Exchange | None = scope.get("extensions", {}).get(EXTENSION)
    return found
