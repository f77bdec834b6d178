"""What every answer has in common: a request id, safe headers, a word for defects that gives nothing away."""

from __future__ import annotations

from collections.abc import MutableMapping
from itertools import chain
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import BaokeError, Unauthenticated
from core.ids import Ids
from core.text import Language
from schema.http.errors import (
    AddressTooLong,
    Defect,
    HeadersTooLarge,
    MethodNotAllowed,
    error_body,
    status_of,
)
from schema.http.exchange import Headers
from schema.http.negotiation import language_of
from schema.http.reply import REQUEST_ID, SECURITY, reply

MOST_ADDRESS, MOST_HEADERS = 8_192, 32_768
# What is left of a body that was not read must not be taken for the next request.
CLOSE: Headers = ((b"connection", b"close"),)

log = structlog.get_logger(__name__)


def check_size(scope: Scope) -> None:
    """AddressTooLong or HeadersTooLarge (PRM-2), whatever the server in front let through."""
    if len(scope["path"]) + len(scope["query_string"]) > MOST_ADDRESS:
        raise AddressTooLong(allowed=MOST_ADDRESS)
    if sum(map(len, chain.from_iterable(scope["headers"]))) > MOST_HEADERS:
        raise HeadersTooLarge(allowed=MOST_HEADERS)


def headers_of(error: BaokeError) -> Headers:
    """The headers that HTTP asks for beside such a status."""
    if isinstance(error, Unauthenticated):
        return ((b"www-authenticate", b"Bearer"),)
    return ((b"allow", b"POST"),) if isinstance(error, MethodNotAllowed) else ()


def refusal(error: Exception, request_id: str, language: Language) -> tuple[int, bytes, Headers]:
    """Status, body and headers for what went wrong; a defect is logged with the request id, and masked."""
    if not isinstance(error, BaokeError):
        log.error("defect", request_id=request_id, exc_info=error)
        error = Defect(requestId=request_id)
    return status_of(error), error_body([error], language, most=1), headers_of(error)


class Envelope:
    """Middleware of all paths but /graphql, which does the same by itself."""

    def __init__(self, app: ASGIApp, *, ids: Ids, passing: str) -> None:
        """`passing`: the path that needs none of this."""
        self._app, self._ids, self._passing = app, ids, passing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and mend what comes back."""
        if scope["type"] != "http" or scope["path"] == self._passing:
            await self._app(scope, receive, send)
            return
        request_id = self._ids.text()
        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                dress(message, request_id)
            await send(message)

        try:
            check_size(scope)
            await self._app(scope, receive, dressed)
        except Exception as error:
            if started:
                raise
            language = language_of(dict(scope["headers"]).get(b"accept-language"))
            status, body, headers = refusal(error, request_id, language)
            await reply(send, status, body, request_id, headers=headers + CLOSE)


def dress(start: MutableMapping[str, Any], request_id: str) -> None:
    """Add the common headers that the answer does not set itself."""
    own = {name for name, _ in start["headers"]}
    common = ((REQUEST_ID, request_id.encode()), *SECURITY)
    start["headers"] = [*start["headers"], *((name, value) for name, value in common if name not in own)]
