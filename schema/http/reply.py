"""Answers on their way out: security headers, request id, compression."""

from __future__ import annotations

import asyncio
import gzip

from starlette.types import Send

from schema.http.exchange import Exchange, Headers, lines_of
from schema.http.negotiation import JSON, takes_gzip

REQUEST_ID = b"x-request-id"
SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
COMMON: Headers = (*SECURITY, (b"vary", b"Accept, Accept-Encoding, Accept-Language, Authorization"))
GZIP: Headers = ((b"content-encoding", b"gzip"),)
LINES = {(): lines_of(COMMON), GZIP: lines_of(COMMON + GZIP)}
"""Of an answer that leaves the connection as it is."""
# Below the first size compression gains nothing; above the second it would hold up other requests.
WORTH_IT, IN_A_THREAD, LEVEL = 1024, 65_536, 5


def worth_compressing(body: bytes, accept_encoding: bytes | None) -> bool:
    """Whether compression pays and the client takes it."""
    return accept_encoding is not None and len(body) >= WORTH_IT and takes_gzip(accept_encoding)


async def compressed(body: bytes) -> bytes:
    """The body, compressed; a long one in a thread."""
    if len(body) >= IN_A_THREAD:
        return await asyncio.to_thread(gzip.compress, body, LEVEL)
    return gzip.compress(body, LEVEL)


async def reply(  # noqa: PLR0913 an answer has as many parts
    send: Send,
    status: int,
    body: bytes,
    request_id: str,
    *,
    content_type: bytes = JSON,
    headers: Headers = (),
    exchange: Exchange | None = None,
) -> None:
    """Send the whole answer; by an `exchange` at once, where that can be done."""
    own: Headers = (
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (REQUEST_ID, request_id.encode()),
    )
    lines = LINES.get(headers)
    if exchange is not None and lines is not None and exchange.answer(status, lines_of(own) + lines, body):
        return
    await send({"type": "http.response.start", "status": status, "headers": [*own, *COMMON, *headers]})
    await send({"type": "http.response.body", "body": body})
