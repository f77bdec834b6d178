"""Answers on their way out: security headers, request id, compression."""

from __future__ import annotations

import asyncio
import gzip

from starlette.types import Send

from schema.http.negotiation import JSON, takes_gzip

Headers = tuple[tuple[bytes, bytes], ...]

REQUEST_ID = b"x-request-id"
SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
VARY = (b"vary", b"Accept, Accept-Encoding, Accept-Language, Authorization")
# Below the first size compression gains nothing; above the second it would hold up other requests.
WORTH_IT, IN_A_THREAD, LEVEL = 1024, 65_536, 5


async def compressed(body: bytes, accept_encoding: bytes | None) -> tuple[bytes, Headers]:
    """The body and the headers that go with it: compressed where it pays and the client takes it."""
    if len(body) < WORTH_IT or not takes_gzip(accept_encoding):
        return body, ()
    in_a_thread = len(body) >= IN_A_THREAD
    small = await asyncio.to_thread(gzip.compress, body, LEVEL) if in_a_thread else gzip.compress(body, LEVEL)
    return small, ((b"content-encoding", b"gzip"),)


async def reply(
    send: Send,
    status: int,
    body: bytes,
    request_id: str,
    *,
    content_type: bytes = JSON,
    headers: Headers = (),
) -> None:
    """Send the whole answer."""
    own = (
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (REQUEST_ID, request_id.encode()),
        VARY,
    )
    await send({"type": "http.response.start", "status": status, "headers": [*own, *SECURITY, *headers]})
    await send({"type": "http.response.body", "body": body})
