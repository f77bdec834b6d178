"""The web application: all paths, and what is around them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan, Receive, Scope, Send

from core.ids import Ids
from core.settings import Settings
from schema.http.endpoint import GraphQLEndpoint
from schema.http.envelope import Envelope
from schema.http.errors import MethodNotAllowed, NoSuchPath, error_body
from schema.http.exchange import exchange_of
from schema.http.graphiql import SampleTokens, graphiql_routes
from schema.http.health import health_routes, no_checks
from schema.http.negotiation import JSON, language_of
from schema.http.occasion import HEADER as PURPOSE_HEADER
from schema.http.protocol import Execute, Health, Ping, SignInFunction

GRAPHQL_PATH = "/graphql"


class HttpApp(Starlette):
    """Starlette with a short way to /graphql: its own way there costs half as much again as the endpoint."""

    short_way: GraphQLEndpoint | None = None

    def answer_as(self, other: HttpApp) -> None:
        """Answer at every path as another one of the same settings would, from now on."""
        self.router.routes[:] = other.router.routes
        self.short_way = other.short_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if self.short_way is not None and scope["type"] == "http" and scope["path"] == GRAPHQL_PATH:
            await self.short_way(scope, receive, send, exchange_of(scope))
        else:
            await super().__call__(scope, receive, send)


def make_http_app(  # noqa: PLR0913 what it is made of
    *,
    settings: Settings,
    execute: Execute,
    sign_in: SignInFunction,
    ping: Ping,
    ids: Ids,
    health: Health = no_checks,
    sample_tokens: SampleTokens = tuple,
    routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan[Starlette] | None = None,
) -> HttpApp:
    """The application. `ids` makes request ids; `routes`: further paths (files, sockets) of the caller's."""
    endpoint = GraphQLEndpoint(settings=settings, execute=execute, sign_in=sign_in, ids=ids)
    development = graphiql_routes(sample_tokens) if settings.development else []
    middleware = [Middleware(Envelope, ids=ids, passing=GRAPHQL_PATH)]
    origins = settings.origins
    if origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["POST", "PUT"],
            allow_headers=["Authorization", "Content-Type", PURPOSE_HEADER],
            expose_headers=["X-Request-Id"],
        )
        middleware.insert(0, cors)
    app = HttpApp(
        routes=[Route(GRAPHQL_PATH, endpoint), *health_routes(ping, health), *routes, *development],
        middleware=middleware,
        exception_handlers={HTTPException: not_here},
        lifespan=lifespan,
    )
    app.short_way = None if origins else endpoint
    return app


async def not_here(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) in our form."""
    assert isinstance(error, HTTPException)  # noqa: S101 by registration
    said = MethodNotAllowed() if error.status_code == MethodNotAllowed.status else NoSuchPath()
    language = language_of(request.headers.get("accept-language", "").encode("latin-1"))
    headers = {"content-type": JSON.decode(), **(error.headers or {})}
    return Response(error_body([said], language, most=1), error.status_code, headers)
