"""Errors as the client reads them: JSON with a code, never a trace, never another program's words (PRM-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from graphql import GraphQLError, GraphQLSyntaxError

from core.errors import BaokeError, RequestError, Timeout, Unauthenticated, Unavailable
from core.text import Language, Text


class HttpRefusal(RequestError):
    """A request that is no GraphQL over HTTP. `status` is the answer's."""

    status: ClassVar[int] = 400


class BadRequest(HttpRefusal):
    """The body is no GraphQL request."""

    code = "BAD_REQUEST"
    text = Text("send a JSON object with the document in `query`", "请发送 JSON 对象，文档置于 `query`")


class NoSuchPath(HttpRefusal):
    """There is nothing at this address."""

    code, status = "NO_SUCH_PATH", 404
    text = Text("nothing is here; the API is at POST /graphql", "此地址无内容；接口位于 POST /graphql")


class MethodNotAllowed(HttpRefusal):
    """Only POST: no mutation by GET, and no query either."""

    code, status = "METHOD_NOT_ALLOWED", 405
    text = Text(
        "this method is not allowed here; GraphQL is asked by POST", "此处不允许该方法；GraphQL 请用 POST"
    )


class NotAcceptable(HttpRefusal):
    """The client wants what we don't write."""

    code, status = "NOT_ACCEPTABLE", 406
    text = Text(
        "accept application/graphql-response+json or application/json",
        "Accept 应包含 application/graphql-response+json 或 application/json",
    )


class BodyTooSlow(HttpRefusal):
    """The body did not arrive in time (PRM-2)."""

    code, status = "BODY_TOO_SLOW", 408
    text = Text("the body did not arrive within {seconds} s", "请求体未在 {seconds} 秒内送达")


class BodyTooLarge(HttpRefusal):
    """The body is larger than allowed (PRM-2)."""

    code, status = "BODY_TOO_LARGE", 413
    text = Text(
        "the body is larger than {allowed} bytes; ask for less, or in several requests",
        "请求体超过 {allowed} 字节；请减少内容，或分多次请求",
    )


class AddressTooLong(HttpRefusal):
    """The URL is longer than allowed (PRM-2)."""

    code, status = "ADDRESS_TOO_LONG", 414
    text = Text("the address is longer than {allowed} bytes", "地址超过 {allowed} 字节")


class UnsupportedMediaType(HttpRefusal):
    """No JSON in UTF-8: forms, text and compressed bodies are refused."""

    code, status = "UNSUPPORTED_MEDIA_TYPE", 415
    text = Text(
        "send Content-Type: application/json in UTF-8, not compressed",
        "请发送未压缩的 UTF-8 application/json",
    )


class HeadersTooLarge(HttpRefusal):
    """The headers are larger than allowed (PRM-2)."""

    code, status = "HEADERS_TOO_LARGE", 431
    text = Text("the headers are larger than {allowed} bytes", "请求头超过 {allowed} 字节")


class Defect(RequestError):
    """A fault of ours; the log has it under the request id."""

    code = "INTERNAL"
    told = ("requestId",)
    text = Text(
        "something went wrong on our side; quote the request id {requestId}",
        "系统内部出错；反馈时请提供请求编号 {requestId}",
    )


def status_of(error: BaokeError) -> int:
    """The HTTP status of a refusal."""
    if isinstance(error, HttpRefusal):
        return error.status
    statuses = {Unauthenticated: 401, Defect: 500, Unavailable: 503, Timeout: 504}
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 400)


def describe(error: BaokeError | GraphQLError, language: Language) -> dict[str, Any]:
    """One entry of `errors`. A GraphQLError must come from parsing, validation or an expected error."""
    if isinstance(error, BaokeError):
        told = {name: error.params[name] for name in getattr(error, "told", ())}
        place = {"field": error.field} if error.field else {}
        return {"message": error.message(language), "extensions": {"code": error.code, **place, **told}}
    said = error.formatted
    if isinstance(error.original_error, BaokeError):
        described = describe(error.original_error, language)
    elif error.original_error is not None:
        raise error.original_error
    else:
        code = (
            "GRAPHQL_PARSE_FAILED" if isinstance(error, GraphQLSyntaxError) else "GRAPHQL_VALIDATION_FAILED"
        )
        described = {"message": error.message, "extensions": {"code": code, **(error.extensions or {})}}
    return {**{name: said[name] for name in ("path", "locations") if name in said}, **described}


def error_body(errors: Sequence[BaokeError | GraphQLError], language: Language, most: int) -> bytes:
    """An answer without `data`, with at most `most` errors."""
    return orjson.dumps({"errors": [describe(error, language) for error in errors[:most]]})
