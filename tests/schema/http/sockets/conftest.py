"""A real server and a real client, with an application of straw behind them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect

from core.access.occasion import UNDECLARED, Occasion
from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.clock import HeldClock
from core.errors import Unauthenticated
from core.ids import RandomIds
from core.settings import Settings
from core.text import Language
from schema.http.app import GRAPHQL_PATH
from schema.http.protocol import Answer, GraphQLRequest
from schema.http.sockets.connection import Parts
from schema.http.sockets.endpoint import SocketEndpoint
from tests.databases import NOW
from tests.sockets import Client, serving

GOOD = "good"
PLAN = cast("AccessPlan", SimpleNamespace())
DATA = Answer(b'{"data":{"__typename":"Query"}}')


@dataclass
class Straw:
    """`good` is accepted for `seconds`; what is asked is answered by `answers`, then it ends or waits."""

    seconds: float = 3600
    error: Exception | None = None
    failing: Exception | None = None
    answers: list[Answer] = field(default_factory=lambda: [DATA])
    waits: bool = False
    asked: list[tuple[GraphQLRequest, Viewer]] = field(default_factory=list)
    occasion: Occasion = UNDECLARED
    ended: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    async def viewer_of(self, token: str, language: Language, occasion: Occasion) -> Viewer:
        self.occasion = occasion
        if self.error is not None:
            raise self.error
        if token != "good":
            raise Unauthenticated
        return Viewer("emp_1", None, (), ("leader",), PLAN, language)

    async def expires_at(self, _token: str) -> float:
        return NOW.timestamp() + self.seconds

    async def stream(
        self, request: GraphQLRequest, caller: Callable[[], Awaitable[Viewer]]
    ) -> AsyncGenerator[Answer, None]:
        self.asked.append((request, await caller()))
        try:
            for answer in self.answers:
                yield answer
            if self.failing is not None:
                raise self.failing
            if self.waits:
                await asyncio.Event().wait()
        finally:
            self.ended.append(request.query)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Place"]:
        values = {"env": "development", "_env_file": None, "max_body": 4096, **self.settings}
        settings = Settings(**values)
        endpoint = SocketEndpoint(Parts(settings, self.stream, self, HeldClock(NOW), RandomIds()))
        web = Starlette(routes=[WebSocketRoute(GRAPHQL_PATH, endpoint)])
        async with serving(web, settings) as address:
            yield Place(address, endpoint)


@dataclass
class Place:
    address: str
    endpoint: SocketEndpoint

    @asynccontextmanager
    async def client(self, *, token: str | None = GOOD, **options: Any) -> AsyncIterator[Client]:
        """A client; signed in unless `token` is None."""
        given = {"subprotocols": ["graphql-transport-ws"], "compression": None, **options}
        async with connect(f"{self.address}{GRAPHQL_PATH}", **given) as opened:
            client = Client(opened)
            if token is not None:
                await client.send(type="connection_init", payload={"token": token})
                assert await client.read() == {"type": "connection_ack"}
            yield client


@pytest.fixture
def straw() -> Straw:
    return Straw()
