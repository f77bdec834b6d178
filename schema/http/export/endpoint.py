"""The endpoint: CSV for spreadsheets, or a JSON object a line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.access.viewer import Viewer
from core.settings import Settings
from core.text import Text
from schema.compiler.documents import InvalidDocument
from schema.compiler.engine import Engine
from schema.http.body import read_body, read_request
from schema.http.deadlines import Deadlines
from schema.http.errors import NotAcceptable, error_body
from schema.http.export.columns import columns_of, header, line
from schema.http.export.pages import Export
from schema.http.negotiation import JSON, language_of
from schema.http.occasion import Occasions
from schema.http.protocol import SignInFunction

EXPORT_PATH = "/export"
CSV, LINES = "text/csv", "application/x-ndjson"

ACCEPT = Text("accept text/csv or application/x-ndjson", "Accept 应为 text/csv 或 application/x-ndjson")

log = structlog.get_logger(__name__)


def export_route(engine: Engine, settings: Settings, sign_in: SignInFunction) -> Route:
    """POST /export, signed in as /graphql is."""
    deadlines, occasions = Deadlines(settings.body_timeout), Occasions(settings.trusted_proxies)

    async def answer(request: Request) -> Response:
        given = dict(request.scope["headers"])
        language = language_of(given.get(b"accept-language"))
        kind = _kind(request.headers.get("accept", "*/*"))
        occasion = occasions.of(request.scope, given)
        caller = partial(sign_in, given.get(b"authorization"), language, occasion)
        viewer = await caller()
        asked = read_request(await read_body(request.receive, settings.max_body, deadlines))
        try:
            export = Export.of(engine, asked, viewer)
        except InvalidDocument as refusal:
            said = error_body(refusal.errors, language, settings.max_errors)
            return Response(said, 400, media_type=JSON.decode())
        pages = export.pages(caller)
        first = await anext(pages)  # so that a refusal is an answer, and no broken file
        head, row = _form(kind, export)
        return StreamingResponse(
            _file(head, row, first, pages, export.viewer),
            media_type=f"{kind}; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{export.type_name}.{_ending(kind)}"',
                "Cache-Control": "no-store",
            },
        )

    return Route(EXPORT_PATH, answer, methods=["POST"])


async def _file(
    head: bytes,
    row: Callable[[dict[str, Any]], bytes],
    first: list[dict[str, Any]],
    pages: AsyncIterator[list[dict[str, Any]]],
    viewer: Viewer,
) -> AsyncIterator[bytes]:
    """What fails on the way breaks the connection off: half a file must not look like a whole one."""
    yield head + b"".join(map(row, first))
    count = len(first)
    async for page in pages:
        count += len(page)
        yield b"".join(map(row, page))
    log.info("exported", subject=viewer.subject, rows=count)


def _form(kind: str, export: Export) -> tuple[bytes, Callable[[dict[str, Any]], bytes]]:
    """What stands before the rows, and a row."""
    if kind == LINES:
        return b"", lambda node: orjson.dumps(node) + b"\n"
    core = export.engine.schema.core
    columns = columns_of(export.document, core, export.nodes, export.type_name)
    return header(columns), lambda node: line(columns, node)


def _kind(accept: str) -> str:
    """CSV unless lines of JSON are asked for; NotAcceptable for anything else."""
    accepted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if LINES in accepted:
        return LINES
    if accepted & {CSV, "text/*", "*/*"}:
        return CSV
    raise NotAcceptable(None, ACCEPT)


def _ending(kind: str) -> str:
    return "ndjson" if kind == LINES else "csv"
