"""Messages of graphql-transport-ws, and the codes with which a socket is closed."""

from __future__ import annotations

import enum
from typing import Any

import orjson

from core.access.purposes import Purpose
from schema.http.body import request_of
from schema.http.errors import BadRequest
from schema.http.occasion import KNOWN
from schema.http.protocol import GraphQLRequest

SUBPROTOCOL = "graphql-transport-ws"
MOST_REASON, MOST_ID = 123, 128


class Code(enum.IntEnum):
    """Why a socket is closed: RFC 6455, and the protocol's own."""

    TOO_BIG = 1009
    TRY_AGAIN = 1013
    INVALID = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    SAME_ID = 4409
    TOO_MANY_INITS = 4429
    DEFECT = 4500


class Closing(Exception):
    """The socket is to be closed. The reason is for developers: it is not translated."""

    def __init__(self, code: Code, reason: str) -> None:
        """`reason`: at most 123 bytes go out."""
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode("utf-8", "replace")[:MOST_REASON].decode("utf-8", "ignore")


def read(message: Any, limit: int) -> dict[str, Any]:
    """The JSON object in what the client sent; Closing for anything else, or more than `limit` bytes."""
    text = message.get("text")
    if text is None:
        raise Closing(Code.INVALID, "Invalid message: must be text")
    if len(text.encode("utf-8", "replace")) > limit:
        raise Closing(Code.TOO_BIG, "Message too big")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closing(Code.INVALID, "Invalid message: no JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Closing(Code.INVALID, "Invalid message: must be an object with a type")
    return said


def payload_of(said: dict[str, Any]) -> dict[str, Any]:
    """The payload of connection_init, ping and pong, which may be left out."""
    payload = said.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Closing(Code.INVALID, f"Invalid {said['type']}: payload must be an object")
    return payload or {}


def id_of(said: dict[str, Any]) -> str:
    """The id of an operation."""
    name = said.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= MOST_ID:
        raise Closing(Code.INVALID, f"Invalid message: id must be text of 1 to {MOST_ID} characters")
    return name


def operation_of(said: dict[str, Any]) -> GraphQLRequest:
    """The request that a subscribe message carries."""
    try:
        return request_of(said.get("payload"))
    except BadRequest as error:
        raise Closing(Code.INVALID, f"Invalid subscribe: {error.message('en')}") from None


def token_of(payload: dict[str, Any]) -> str | None:
    """The token: `{"Authorization": "Bearer …"}`, in any case, or `{"token": "…"}`; None for none."""
    for name, value in payload.items():
        if name.lower() == "authorization" and isinstance(value, str):
            scheme, _, token = value.partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    bare = payload.get("token")
    return bare if isinstance(bare, str) else None


def said_purpose(payload: dict[str, Any]) -> Purpose | None:
    """What customers' data is used for over this socket: `{"purpose": "CARE"}`."""
    said = payload.get("purpose")
    if said is None:
        return None
    if not isinstance(said, str) or said not in Purpose.__members__:
        raise Closing(Code.INVALID, f"Invalid connection_init: purpose must be one of {KNOWN}")
    return Purpose[said]


def made(kind: str, **rest: Any) -> str:
    """A message of our own."""
    return orjson.dumps({"type": kind, **rest}).decode()


def answered(kind: str, name: str, payload: bytes) -> str:
    """A message about an operation, whose payload is JSON already."""
    said = b'{"id":%b,"type":"%b","payload":%b}' % (orjson.dumps(name), kind.encode(), payload)
    return said.decode()


def errors_in(body: bytes) -> bytes:
    """The list of errors in an answer without `data`."""
    return orjson.dumps(orjson.loads(body)["errors"])
