"""The handshake at /graphql: who may open a socket, how many, and in which protocol (PRM-5)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from core.errors import BaokeError
from schema.http.envelope import check_size
from schema.http.negotiation import language_of
from schema.http.occasion import Occasions
from schema.http.sockets.connection import Connection, Parts
from schema.http.sockets.messages import SUBPROTOCOL, Code

ANY = "*"


class SocketEndpoint:
    """The ASGI application behind WebSockets at /graphql."""

    def __init__(self, parts: Parts) -> None:
        """See `Parts`."""
        self._parts, self._origins = parts, parts.settings.origins
        self._occasions = Occasions(parts.settings.trusted_proxies)
        self.open: dict[Connection, None] = {}  # in order of opening
        self._asking = set[asyncio.Task[None]]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket. Before the handshake a refusal is HTTP's 403."""
        await receive()  # websocket.connect
        given: dict[bytes, bytes] = dict(scope["headers"])
        if not self._may_open(scope, given):
            await send({"type": "websocket.close"})
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await refuse(send, None, Code.SUBPROTOCOL, "Subprotocol not acceptable")
        elif not await self._has_room():
            await refuse(send, SUBPROTOCOL, Code.TRY_AGAIN, "Try again later")
        else:
            language, address = language_of(given.get(b"accept-language")), self._occasions.address(scope)
            connection = Connection(self._parts, language, address, receive, send)
            self.open[connection] = None
            try:
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                await connection.run()
            except OSError:  # gone before it was there
                return
            finally:
                self.open.pop(connection, None)

    def ask_again(self) -> None:
        """Close the sockets of those who may not be signed in any more, also of those who ask nothing."""
        for connection in self.open:
            task = asyncio.create_task(connection.look_again())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _has_room(self) -> bool:
        """Whoever is signed in stays. Strangers who say nothing give way, the oldest first."""
        if len(self.open) < self._parts.settings.max_sockets:
            return True
        stranger = next((one for one in self.open if not one.signed), None)
        if stranger is None:
            return False
        del self.open[stranger]
        with suppress(OSError):
            await stranger.make_room()
        return True

    def _may_open(self, scope: Scope, given: dict[bytes, bytes]) -> bool:
        """Whether the page that opens it is ours or of a listed origin; programs send no origin."""
        try:
            check_size(scope)
        except BaokeError:
            return False
        origin = given.get(b"origin", b"").decode("latin-1")
        if not origin or origin in self._origins or ANY in self._origins:
            return True
        try:
            return urlsplit(origin).netloc == given.get(b"host", b"").decode("latin-1")
        except ValueError:  # no address, such as `http://[`
            return False


async def refuse(send: Send, subprotocol: str | None, code: Code, reason: str) -> None:
    """Open it to say why it is closed: browsers hear nothing of a refused handshake."""
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    await send({"type": "websocket.close", "code": code, "reason": reason})
