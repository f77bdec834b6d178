"""The edge with an engine of straw behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from core.access.occasion import UNDECLARED, Occasion
from core.access.plan import AccessPlan
from core.access.viewer import Viewer
from core.errors import Unauthenticated
from core.ids import RandomIds
from core.settings import Settings
from core.text import Language
from schema.http.app import make_http_app
from schema.http.protocol import Answer, GraphQLRequest, SampleToken

PLAN = cast("AccessPlan", SimpleNamespace())


@dataclass
class Edge:
    """What the application asks, and what it was asked."""

    answer: Answer | Exception = field(default_factory=lambda: Answer(b'{"data":{"__typename":"Query"}}'))
    database: Exception | None = None
    tokens: Sequence[SampleToken] = (SampleToken("Leader 领导", "good"),)
    asked: list[tuple[GraphQLRequest, Viewer]] = field(default_factory=list)
    occasion: Occasion = UNDECLARED

    async def execute(self, request: GraphQLRequest, viewer: Viewer) -> Answer:
        self.asked.append((request, viewer))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def sign_in(self, authorization: bytes | None, language: Language, occasion: Occasion) -> Viewer:
        if authorization != b"Bearer good":
            raise Unauthenticated
        self.occasion = occasion
        return Viewer("emp_1", None, (), ("leader",), PLAN, language)

    async def ping(self) -> None:
        if self.database:
            raise self.database

    def app(self, **overrides: Any) -> Starlette:
        values = {"env": "development", "_env_file": None, "max_body": 2048, **overrides}
        return make_http_app(
            settings=Settings(**values),
            execute=self.execute,
            sign_in=self.sign_in,
            ping=self.ping,
            ids=RandomIds(),
            sample_tokens=lambda: self.tokens,
        )


@pytest.fixture
def edge() -> Edge:
    return Edge()


def client_of(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://edge", headers={"authorization": "Bearer good"}
    )


@pytest.fixture
async def client(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(edge.app()) as client:
        yield client


async def raw(
    app: Starlette, receive: Callable[[], Awaitable[Any]], *headers: tuple[bytes, bytes]
) -> list[dict[str, Any]]:
    """What the application sends for a POST to /graphql whose body comes from `receive`."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(b"authorization", b"Bearer good"), (b"content-type", b"application/json"), *headers]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": given}
    await asyncio.wait_for(app(scope, receive, send), 5)
    return sent
