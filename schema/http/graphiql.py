"""GraphiQL, in development only. Page and assets come from our own origin, nothing from the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from schema.http.protocol import SampleToken

BUILT = Path(__file__).parents[2] / "console" / "dist"
# The editor sets its styles by script, hence 'unsafe-inline' for styles, and for them alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NOT_BUILT = (
    "GraphiQL is not built yet: run `make console` once (it takes packages from npm), then reload.\n"
    "GraphiQL 尚未构建。请运行一次 `make console`（所需软件包取自 npm），然后刷新本页。\n\n"
    "The API itself is ready at POST /graphql.\n"
    "接口本身已可使用：POST /graphql。\n"
)

SampleTokens = Callable[[], Sequence[SampleToken]]


def graphiql_routes(sample_tokens: SampleTokens, built: Path = BUILT) -> list[BaseRoute]:
    """`sample_tokens` is asked each time, as tokens expire; `built`: the folder that `make console` fills."""

    async def page(_: Request) -> Response:
        if not (built / "index.html").is_file():
            return PlainTextResponse(NOT_BUILT, 503)
        return FileResponse(built / "index.html", headers={"content-security-policy": POLICY})

    async def tokens(_: Request) -> Response:
        return JSONResponse([asdict(each) for each in sample_tokens()])

    async def home(_: Request) -> Response:
        return RedirectResponse("/graphiql", 307)

    return [
        Route("/", home),
        Route("/graphiql", page),
        Route("/graphiql/tokens", tokens),
        Mount("/graphiql/assets", StaticFiles(directory=built, check_dir=False)),
    ]
