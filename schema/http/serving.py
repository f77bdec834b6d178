"""Listening: one process, in the foreground, until it is told to stop (PRM-11)."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from starlette.applications import Starlette

from core.errors import ConfigurationError
from core.settings import Settings
from core.text import Text

TAKEN = Text(
    "{host}:{port} can't be listened on: choose another BAOKE_PORT or BAOKE_HOST",
    "无法监听 {host}:{port}：请另选 BAOKE_PORT 或 BAOKE_HOST",
)


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


async def serve_on(listening: socket.socket, web: Starlette) -> None:
    """Answer until SIGINT or SIGTERM; requests that are being answered are finished first."""
    config = uvicorn.Config(
        web,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    await uvicorn.Server(config).serve([listening])


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
