"""Whether the process is up, and whether it can serve (PRM-10)."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from schema.http.protocol import Checked, Health, Ping

SECONDS_TO_ANSWER = 2.0


async def no_checks() -> list[Checked]:
    """Where there are no plugins."""
    return []


def health_routes(ping: Ping, health: Health = no_checks) -> list[Route]:
    """/healthz: the process is up. /readyz: the database answers, no critical check fails; 503 otherwise."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                await ping()
        except Exception:  # noqa: BLE001 whatever keeps the database from answering, its words stay inside
            return PlainTextResponse("the database does not answer\n", 503)
        checks = await health()
        ready = all(check.well or not check.critical for check in checks)
        lines = [
            "ok" if ready else "not ready",
            *(f"{c.name}: {'ok' if c.well else 'failing'}" for c in checks),
        ]
        return PlainTextResponse("".join(f"{line}\n" for line in lines), 200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
