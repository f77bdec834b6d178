"""A real server for tests, and a client of graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from core.settings import Settings
from schema.http.serving import listen, server_of

PATIENCE = 10


class Client:
    """What a client says and hears."""

    def __init__(self, opened: ClientConnection) -> None:
        self.opened = opened

    async def send(self, **message: Any) -> None:
        await self.opened.send(json.dumps(message))

    async def subscribe(self, name: str, query: str, **rest: Any) -> None:
        await self.send(id=name, type="subscribe", payload={"query": query, **rest})

    async def read(self, seconds: float = PATIENCE) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(await asyncio.wait_for(self.opened.recv(), seconds))
        return said

    async def nothing(self, seconds: float = 1.5) -> None:
        """Nothing comes for so long."""
        try:
            said = await asyncio.wait_for(self.opened.recv(), seconds)
        except TimeoutError:
            return
        raise AssertionError(said)

    async def closed(self, seconds: float = PATIENCE) -> tuple[int, str]:
        """Code and reason of the end; what came before it is passed over."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.opened.recv()
        except ConnectionClosed as end:
            assert end.rcvd is not None  # noqa: PT017
            return end.rcvd.code, end.rcvd.reason


@asynccontextmanager
async def serving(web: Starlette, settings: Settings) -> AsyncIterator[str]:
    """The application on a free port, as `baoke serve` serves it; its lifespan is the caller's."""
    with listen(settings.model_copy(update={"host": "127.0.0.1", "port": 0})) as listening:
        server = server_of(web, settings)
        server.config.lifespan = "off"
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        try:
            yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
