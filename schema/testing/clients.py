"""Clients over the real HTTP edge, in this process: they sign in with a token, as everybody does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

from core.identity.tokens import sign_development_token
from schema.application import Application
from schema.testing.answers import data_of
from schema.testing.company import Company
from schema.testing.listening import Heard, listening

ACCEPT = "application/graphql-response+json"


class Edge(httpx.AsyncClient):
    """The way to an application in this process, over HTTP; `web` for what speaks otherwise."""

    def __init__(self, web: Starlette) -> None:
        """What fails in there is answered, as by a server."""
        super().__init__(
            transport=httpx.ASGITransport(web, raise_app_exceptions=False), base_url="http://baoke"
        )
        self.web = web


@dataclass(frozen=True)
class Client:
    """One employee in one role."""

    app: Application
    http: Edge
    subject: str
    role: str

    async def query(self, text: str, /, **variables: Any) -> Any:
        """The data of an answer; QueryFailed where it has errors."""
        return data_of((await self.raw(text, variables)).json())

    def listen(self, text: str, /, **variables: Any) -> AbstractAsyncContextManager[Heard]:
        """Subscribe, over a WebSocket: `async with client.listen(text) as heard: row = await heard()`.

        When the block begins it is listened: whatever happens in it is told, and nothing from before.
        """
        return listening(self.app, self.http.web, self.token, text, variables)

    async def raw(
        self,
        text: str,
        /,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer as it is: status, headers, and JSON with `data`, `errors`, `extensions`."""
        given = {"accept": ACCEPT, "authorization": f"Bearer {self.token}", **(headers or {})}
        body = {"query": text, "variables": dict(variables or {})}
        return await self.http.post("/graphql", json=body, headers=given)

    @property
    def token(self) -> str:
        """A fresh token."""
        return sign_development_token(self.app.settings, self.app.database.clock, self.subject, self.role)


@dataclass(frozen=True)
class Clients:
    """`client("leader")`: the employee of a role, in the east."""

    app: Application
    http: Edge

    def __call__(self, role: str) -> Client:
        """Whoever has the role; their subject is called like it."""
        return Client(self.app, self.http, role, role)


@dataclass(frozen=True)
class AsEmployee:
    """`as_employee("salesperson_west")`: an employee by subject, in their own role."""

    company: Company
    http: Edge

    def __call__(self, subject: str, role: str | None = None) -> Client:
        """`role`: another one that they claim."""
        return Client(self.company.app, self.http, subject, role or self.company.cast.roles[subject])
