"""Listening: one process, in the foreground, until it is told to stop (PRM-11)."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Coroutine
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from core.errors import ConfigurationError
from core.settings import Settings
from core.text import Text
from schema.http.exchange import EXTENSION, Exchange

TAKEN = Text(
    "{host}:{port} can't be listened on: choose another BAOKE_PORT or BAOKE_HOST",
    "无法监听 {host}:{port}：请另选 BAOKE_PORT 或 BAOKE_HOST",
)

PING = 20.0
"""Seconds between two pings of a WebSocket, and to wait for the pong."""


def listen(settings: Settings) -> socket.socket:
    """A socket on the address of the settings; ConfigurationError where it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
        # Head and body of an answer are two writes: Nagle's algorithm would hold the second back for 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        raise ConfigurationError("BAOKE_PORT", TAKEN, host=settings.host, port=settings.port) from None
    return listening


class ExchangeProtocol(HttpToolsProtocol):
    """uvicorn's own, which offers each request to be answered whole."""

    def on_headers_complete(self) -> None:
        """Begin a request."""
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            cast("Scope", self.scope)["extensions"] = {EXTENSION: Exchange(self.cycle)}


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which leaves a handshake open that the library behind it could not read."""

    def data_received(self, data: bytes) -> None:
        """Send what the library answers to such a handshake, and close."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.close_sent:
            self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()


async def serve_on(listening: socket.socket, web: Starlette, settings: Settings) -> None:
    """Answer until SIGINT or SIGTERM; requests that are being answered are finished first."""
    await server_of(web, settings).serve([listening])


def server_of(web: Starlette, settings: Settings) -> uvicorn.Server:
    """The server, as it is set up."""
    config = uvicorn.Config(
        web,
        http=ExchangeProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws=SocketProtocol,
        ws_max_size=settings.max_body,
        ws_per_message_deflate=False,  # answers are small, and a compressor takes memory for each socket
        ws_ping_interval=PING,
        ws_ping_timeout=PING,
        proxy_headers=False,  # which proxies are believed, and about what, is in our own settings
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run the server's work on the fastest loop; what was made so far stays out of the collector's way."""
    gc.collect()
    gc.freeze()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 (there is none for Windows)
    except ImportError:
        return None
    return uvloop.new_event_loop
