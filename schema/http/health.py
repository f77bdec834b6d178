"""Whether the process is up, and whether it can serve (PRM-10)."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from schema.http.protocol import Ping

SECONDS_TO_ANSWER = 2.0


def health_routes(ping: Ping) -> list[Route]:
    """/healthz: the process is up. /readyz: the database answers too; 503 while it does not."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await ping()
        except Exception:  # noqa: BLE001 whatever keeps the database from answering, its words stay inside
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ok\n")

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
