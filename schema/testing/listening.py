"""A subscription over the real WebSocket edge, in this process: no port, no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from schema.application import Application
from schema.http.app import GRAPHQL_PATH
from schema.testing.answers import QueryFailed, data_of

PROTOCOL = "graphql-transport-ws"
PATIENCE = 10.0
"""Seconds to wait for what has to come."""
LOOK = 0.005
"""Seconds between two looks whether it is listened yet: the protocol has no word for it."""


class Socket:
    """One WebSocket with one operation."""

    def __init__(self, web: Starlette) -> None:
        """Not open yet."""
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {"type": "websocket", "scheme": "ws", "root_path": "", "path": GRAPHQL_PATH}
        raw = {"raw_path": GRAPHQL_PATH.encode(), "query_string": b"", "headers": []}
        self._run = web({**scope, **raw, "subprotocols": [PROTOCOL]}, self._sent.get, self._note)
        self._sent.put_nowait({"type": "websocket.connect"})

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The application answers it while the block runs."""
        task = asyncio.ensure_future(self._run)
        try:
            yield
        finally:
            self._sent.put_nowait({"type": "websocket.disconnect", "code": 1000})
            await task

    async def say(self, **message: Any) -> None:
        """Send a message of the protocol."""
        await self._sent.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> dict[str, Any]:
        """The next message of the protocol; AssertionError where none comes, or the socket is closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                said = await self._heard.get()
        except TimeoutError:
            raise AssertionError(f"nothing was heard in {PATIENCE:.0f} seconds") from None
        if said["type"] != "websocket.send":
            raise AssertionError(f"the socket was closed: {said}")
        found: dict[str, Any] = json.loads(said["text"])
        return found

    @property
    def silent(self) -> bool:
        """Whether there is nothing to hear at the moment."""
        return self._heard.empty()

    async def _note(self, message: Any) -> None:
        if message["type"] != "websocket.accept":
            self._heard.put_nowait(message)


class Heard:
    """What a subscription is told, one after another: `row = await heard()`."""

    def __init__(self, socket: Socket) -> None:
        """On a socket that has subscribed."""
        self._socket = socket

    async def __call__(self) -> Any:
        """The data of the next result, waited for; QueryFailed where it has errors or it ends in some."""
        said = await self._socket.hear()
        if said["type"] == "error":
            raise QueryFailed(said["payload"])
        assert said["type"] == "next", said  # noqa: S101  # it asserts
        return data_of(said["payload"])


@asynccontextmanager
async def listening(
    app: Application, web: Starlette, token: str, text: str, variables: Mapping[str, Any]
) -> AsyncIterator[Heard]:
    """Subscribed while the block runs: what happens in it is heard. QueryFailed where that is refused."""
    feed, socket = app.execution.subscriptions.feed, Socket(web)
    async with socket.opened():
        await socket.say(type="connection_init", payload={"token": token})
        said = await socket.hear()
        assert said["type"] == "connection_ack", said  # noqa: S101
        before, heard = feed.listening, Heard(socket)
        asked = {"query": text, "variables": dict(variables)}
        await socket.say(id="1", type="subscribe", payload=asked)
        async with asyncio.timeout(PATIENCE):
            while feed.listening <= before and socket.silent:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
        if not socket.silent:
            await heard()
        yield heard
