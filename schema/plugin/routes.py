"""Paths of plugins: under `/plugins/<id>`, within the limits of every request, signed in unless public."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from core.db.database import Database
from core.extension.plugins import Plugins
from core.runtime import operator
from core.settings import Settings
from schema.http.body import read_body
from schema.http.deadlines import Deadlines
from schema.http.negotiation import language_of
from schema.http.occasion import Occasions
from schema.http.protocol import SignInFunction
from schema.plugin.base import Route, RouteCall


class Routes:
    """Makes the paths of an application's plugins."""

    def __init__(
        self, plugins: Plugins, settings: Settings, database: Database, sign_in: SignInFunction
    ) -> None:
        """`sign_in`: as for GraphQL."""
        self._plugins, self._settings, self._database, self._sign_in = plugins, settings, database, sign_in
        self._acting = operator(models=plugins.models)
        self._deadlines, self._occasions = (
            Deadlines(settings.body_timeout),
            Occasions(settings.trusted_proxies),
        )

    def __iter__(self) -> Iterator[BaseRoute]:
        """All paths."""
        for one in self._plugins.on:
            for route in one["routes"]:
                path = f"/plugins/{one.manifest.id}{route.path}"
                yield Path(path, self._endpoint(one.manifest.id, route), methods=list(route.methods))

    def _endpoint(self, name: str, route: Route) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            headers = request.headers
            viewer = None
            language = language_of(headers.get("accept-language", "").encode("latin-1"))
            if not route.public:
                token = headers.get("authorization", "").encode("latin-1") or None
                occasion = self._occasions.of(request.scope, dict(request.scope["headers"]))
                viewer = await self._sign_in(token, language, occasion)
            body = await read_body(request.receive, self._settings.max_body, self._deadlines)
            call = RouteCall(
                request.method,
                request.path_params,
                request.query_params,
                headers,
                body,
                viewer,
                replace(self._acting, subject=f"plugin:{name}", language=language),
                self._database,
                self._database.services,
            )
            return await route.answer(call)

        return answer
