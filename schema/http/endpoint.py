"""POST /graphql (PRM-1): GraphQL over HTTP on bare ASGI, since every request passes here."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from starlette.types import Receive, Scope, Send

from core.errors import BaokeError
from core.ids import Ids
from core.settings import Settings
from schema.http.body import Disconnected, read_body, read_request
from schema.http.deadlines import Deadlines
from schema.http.envelope import CLOSE, check_size, refusal
from schema.http.errors import (
    BodyTooLarge,
    HttpRefusal,
    MethodNotAllowed,
    NotAcceptable,
    UnsupportedMediaType,
)
from schema.http.exchange import Exchange, Headers
from schema.http.negotiation import JSON, is_json, language_of, media_type
from schema.http.occasion import Occasions
from schema.http.protocol import Execute, SignInFunction
from schema.http.reply import GZIP, compressed, reply, worth_compressing

OK, REFUSED, MOST_DIGITS = 200, 400, 15
FRESH = 0.5
"""Seconds for which a sign-in counts while the body is read."""


class GraphQLEndpoint:
    """The ASGI application behind /graphql."""

    def __init__(self, *, settings: Settings, execute: Execute, sign_in: SignInFunction, ids: Ids) -> None:
        """See `schema.http.app.make_http_app`."""
        self._settings, self._execute, self._sign_in, self._ids = settings, execute, sign_in, ids
        self._deadlines, self._occasions = (
            Deadlines(settings.body_timeout),
            Occasions(settings.trusted_proxies),
        )

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, exchange: Exchange | None = None
    ) -> None:
        """Answer one request, whatever it holds. `exchange`: the short way, where nothing stands between."""
        request_id = self._ids.text()
        given: dict[bytes, bytes] = dict(scope["headers"])
        language = language_of(given.get(b"accept-language"))
        content_type = media_type(given.get(b"accept"))
        headers: Headers = CLOSE
        by_graphql = True
        try:
            self._check(scope, given, content_type)
            occasion = self._occasions.of(scope, given)
            token, started = given.get(b"authorization"), monotonic()
            viewer = await self._sign_in(token, language, occasion)
            body = await read_body(receive, self._settings.max_body, self._deadlines, exchange)
            if monotonic() - started > FRESH:  # a slow body must not outlive what the caller may do
                viewer = await self._sign_in(token, language, occasion)
            headers = ()
            answer = await self._execute(read_request(body), viewer)
            status, out = answer.status, answer.body
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 a defect must not cost the client an answer, nor show itself
            by_graphql = isinstance(error, BaokeError) and not isinstance(error, HttpRefusal)
            status, out, more = refusal(error, request_id, language)
            headers += more
        # To clients of the older type a well-formed request that GraphQL refuses is an ordinary answer.
        if content_type is JSON and status == REFUSED and by_graphql:
            status = OK
        if worth_compressing(out, given.get(b"accept-encoding")):
            out, headers = await compressed(out), headers + GZIP
        kind = content_type or JSON
        await reply(send, status, out, request_id, content_type=kind, headers=headers, exchange=exchange)

    def _check(self, scope: Scope, given: Mapping[bytes, bytes], content_type: bytes | None) -> None:
        """Refuse what no body could mend, before the body is read."""
        check_size(scope)
        if scope["method"] != "POST":
            raise MethodNotAllowed
        if content_type is None:
            raise NotAcceptable
        if (
            not is_json(given.get(b"content-type"))
            or given.get(b"content-encoding", b"identity") != b"identity"
        ):
            raise UnsupportedMediaType
        length = given.get(b"content-length", b"0")
        if length.isdigit() and (len(length) > MOST_DIGITS or int(length) > self._settings.max_body):
            raise BodyTooLarge(allowed=self._settings.max_body)
