"""The way in: one HTTP request to the application, as a client would send it, and all that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import ASGIApp

BODY_START = "http.response.start"


@dataclass(frozen=True, slots=True)
class Told:
    """All that an answer tells."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)

    @property
    def data(self) -> Any:
        """What stands under `data`; nothing where the request was refused."""
        return self.json.get("data") or {}

    def __str__(self) -> str:
        """For a report."""
        return f"{self.status} {self.body.decode('utf-8', 'replace')}"


async def post(web: ASGIApp, token: str, text: str, variables: Mapping[str, Any] | None) -> Told:
    """Ask by POST /graphql."""
    body = orjson.dumps({"query": text, "variables": variables})
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"authorization", b"Bearer " + token.encode()),
        (b"content-type", b"application/json"),
        (b"accept", b"application/graphql-response+json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await web(scope, receive, send)
    start = next(message for message in sent if message["type"] == BODY_START)
    content = b"".join(m.get("body", b"") for m in sent if m["type"] != BODY_START)
    return Told(start["status"], tuple(sorted(start["headers"])), content)
