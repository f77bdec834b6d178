"""The occasion of a request: its header Baoke-Purpose, and the address that it comes from (ACC-6)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from starlette.types import Scope

from core.access.occasion import Occasion
from core.access.purposes import Purpose
from core.errors import BadUserInput
from core.office import Networks, parts
from core.text import Text

HEADER = "Baoke-Purpose"
PURPOSE, FORWARDED = HEADER.lower().encode(), b"x-forwarded-for"
KEPT = 256
NO_PURPOSE = Text("unknown purpose; known: {known}", "未知使用目的；已知：{known}")
KNOWN = ", ".join(one.name for one in Purpose)


class Occasions:
    """Reads requests. The address is the peer's, or what a trusted proxy says of it."""

    def __init__(self, trusted_proxies: str) -> None:
        """`trusted_proxies`: networks, as in the settings."""
        self._trusted = Networks(trusted_proxies)

    def of(self, scope: Scope, given: Mapping[bytes, bytes]) -> Occasion:
        """Of a request's scope and headers; BAD_USER_INPUT, naming the header, for an unknown purpose."""
        return Occasion(purpose_of(given.get(PURPOSE)), self.address(scope))

    def address(self, scope: Scope) -> str | None:
        """Where it comes from; None where that is not known."""
        client = scope.get("client")
        peer: str | None = client[0] if client else None
        if not self._trusted.given or peer not in self._trusted:
            return peer
        said = b",".join(value for name, value in scope["headers"] if name == FORWARDED)
        hops = parts(said.decode("latin-1"))
        # Proxies add to the end: what stands before the first hop that is no proxy of ours anybody can write.
        return next((hop for hop in reversed(hops) if hop not in self._trusted), hops[0] if hops else peer)


@lru_cache(KEPT)
def purpose_of(header: bytes | None) -> Purpose | None:
    """The declared purpose."""
    if header is None:
        return None
    try:
        return Purpose[header.decode("latin-1").strip()]
    except KeyError:
        raise BadUserInput(HEADER, NO_PURPOSE, known=KNOWN) from None
