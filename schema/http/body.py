"""The request body: read within its limits, and understood."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.types import Receive

from core.text import Text
from schema.http.deadlines import Deadlines
from schema.http.errors import BadRequest, BodyTooLarge, BodyTooSlow
from schema.http.exchange import Exchange
from schema.http.protocol import GraphQLRequest

NO_JSON = Text("the body is no JSON in UTF-8", "请求体不是 UTF-8 的 JSON")
NO_OBJECT = Text(
    "the body must be one JSON object; batches are not taken", "请求体须为单个 JSON 对象；不接受批量请求"
)
NO_TEXT = Text("must be text", "须为文本")
NO_MAP = Text("must be a JSON object or null", "须为 JSON 对象或 null")


class Disconnected(Exception):
    """The client went away; there is nobody to answer."""


async def read_body(
    receive: Receive, limit: int, deadlines: Deadlines, exchange: Exchange | None = None
) -> bytes:
    """The whole body. BodyTooLarge past `limit` bytes, BodyTooSlow where it takes longer than it may."""
    if exchange is not None and (whole := exchange.body()) is not None:
        if len(whole) > limit:
            raise BodyTooLarge(allowed=limit)
        return whole
    parts: list[bytes] = []
    size, more = 0, True
    try:
        with deadlines:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise BodyTooLarge(allowed=limit)
                more = message.get("more_body", False)
    except TimeoutError:
        raise BodyTooSlow(seconds=deadlines.seconds) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_request(body: bytes) -> GraphQLRequest:
    """The request in a body; BadRequest names what is wrong with it."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(None, NO_JSON) from None
    return request_of(said)


def request_of(said: Any) -> GraphQLRequest:
    """The request that a JSON value is; BadRequest names what is wrong with it."""
    if not isinstance(said, dict):
        raise BadRequest(None, NO_OBJECT)
    query, name = said.get("query"), said.get("operationName")
    if not isinstance(query, str):
        raise BadRequest("query", NO_TEXT)
    if name is not None and not isinstance(name, str):
        raise BadRequest("operationName", NO_TEXT)
    return GraphQLRequest(query, _mapping(said, "variables"), name, _mapping(said, "extensions"))


def _mapping(said: dict[str, Any], field: str) -> dict[str, Any] | None:
    value = said.get(field)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(field, NO_MAP)
    return value
