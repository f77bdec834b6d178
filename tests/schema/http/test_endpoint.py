"""PRM-1, PRM-2, PRM-3: GraphQL over HTTP, and whatever else comes in."""

import asyncio
import gzip
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from core.access.occasion import Occasion
from core.access.viewer import Viewer
from core.errors import BadUserInput, Forbidden, Timeout, Unauthenticated, Unavailable
from core.text import Language
from schema.http import endpoint
from schema.http.protocol import Answer, GraphQLRequest
from tests.schema.http.conftest import Edge, client_of, raw

QUERY = {"query": "{ __typename }"}
RESPONSE, JSON = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"


def code(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


async def test_a_query_is_answered_with_the_engines_bytes(client: httpx.AsyncClient, edge: Edge) -> None:
    body = {**QUERY, "variables": {"a": 1}, "operationName": "Q", "extensions": {"b": 2}, "more": 3}
    answer = await client.post("/graphql", json=body)
    assert answer.status_code == 200
    assert answer.content == b'{"data":{"__typename":"Query"}}'
    assert edge.asked[0][0] == GraphQLRequest("{ __typename }", {"a": 1}, "Q", {"b": 2})
    assert len(answer.headers["x-request-id"]) == 36
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


async def test_null_is_absent(client: httpx.AsyncClient, edge: Edge) -> None:
    await client.post(
        "/graphql", json={**QUERY, "variables": None, "operationName": None, "extensions": None}
    )
    assert edge.asked[0][0] == GraphQLRequest("{ __typename }")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/graphql-response+json", RESPONSE),
        ("APPLICATION/GRAPHQL-RESPONSE+JSON; charset=utf-8", RESPONSE),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE),
        ("application/graphql-response+json;q=0.1, application/json", JSON),
        ("application/json, application/graphql-response+json", RESPONSE),
        ("application/json, */*", JSON),
        ("application/graphql-response+json, */*", RESPONSE),
        ("text/html, */*;q=0.1", JSON),
        ("application/json;q=0, */*", RESPONSE),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
    ],
)
async def test_content_negotiation(edge: Edge, accept: str | None, expected: str | None) -> None:
    async with client_of(edge.app()) as client:
        client.headers.pop("accept")
        answer = await client.post("/graphql", json=QUERY, headers={"accept": accept} if accept else {})
    if expected is None:
        assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")
    else:
        assert (answer.status_code, answer.headers["content-type"]) == (200, expected)


@pytest.mark.parametrize("refused", [Answer(b'{"errors":[]}', 400), BadUserInput("x"), Forbidden()])
async def test_refusals_by_graphql(edge: Edge, refused: Any) -> None:
    edge.answer = refused
    async with client_of(edge.app()) as client:
        for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
            assert (
                await client.post("/graphql", json=QUERY, headers={"accept": accept})
            ).status_code == status


@pytest.mark.parametrize(("error", "status"), [(Unavailable(), 503), (Timeout(), 504)])
async def test_a_lost_database_is_told_to_all(edge: Edge, error: Exception, status: int) -> None:
    edge.answer = error
    async with client_of(edge.app()) as client:
        answer = await client.post("/graphql", json=QUERY)
    assert (answer.status_code, code(answer)) == (status, type(error).__name__.upper())


MALFORMED: list[bytes] = [
    b"", b"{", b"null", b"1", b'"x"', b"\x00", b"query={a}", b"\xef\xbb\xbf{}", b"[" * 2000, b'{"a":' * 400,
    b"[]", b'[{"query": "{ a }"}]', b"{}", b'{"query": 1}', b'{"query": null}', b'{"query": "{a}"} {}',
    b'{"query": "\xff"}', b'{"query": "\\ud800"}', b'{"query": "{a}", "variables": {"a": NaN}}',
    b'{"query": "{a}", "variables": []}', b'{"query": "{a}", "variables": "{}"}',
    b'{"query": "{a}", "operationName": 1}', b'{"query": "{a}", "extensions": 1}',
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED)
async def test_malformed_bodies_are_refused(client: httpx.AsyncClient, edge: Edge, body: bytes) -> None:
    answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert not edge.asked


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_other_content_types_are_refused(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await client.post("/graphql", content=b'{"query": "{a}"}', headers=headers)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "content_type", ["application/json;charset=UTF-8", 'APPLICATION/JSON ; charset="utf-8"']
)
async def test_json_in_utf8_is_taken(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post(
        "/graphql", content=orjson.dumps(QUERY), headers={"content-type": content_type}
    )
    assert answer.status_code == 200


async def test_compressed_bodies_are_refused(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await client.post("/graphql", content=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_post(client: httpx.AsyncClient, edge: Edge, method: str) -> None:
    answer = await client.request(method, "/graphql", params={"query": "mutation { a }"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert not edge.asked


@pytest.mark.parametrize("authorization", [None, "Bearer bad", "Basic good"])
async def test_who_is_not_signed_in_learns_nothing(edge: Edge, authorization: str | None) -> None:
    async with client_of(edge.app()) as client:
        client.headers.pop("authorization")
        for body in (b'{"query": "{a}"}', b"garbage"):
            headers = {
                "content-type": "application/json",
                **({"authorization": authorization} if authorization else {}),
            }
            answer = await client.post("/graphql", content=body, headers=headers)
            assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
            assert answer.headers["www-authenticate"] == "Bearer"
    assert not edge.asked


async def test_the_answer_speaks_the_callers_language(client: httpx.AsyncClient, edge: Edge) -> None:
    headers = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.8", "content-type": "application/json"}
    answer = await client.post("/graphql", content=b"[]", headers=headers)
    assert "请求体" in answer.json()["errors"][0]["message"]
    await client.post("/graphql", json=QUERY, headers={"accept-language": "zh"})
    assert edge.asked[0][1].language == "zh"


async def test_a_defect_is_logged_and_masked(client: httpx.AsyncClient, edge: Edge) -> None:
    edge.answer = RuntimeError("SELECT secret FROM customers")
    with capture_logs() as logs:
        answer = await client.post("/graphql", json=QUERY)
    request_id = answer.headers["x-request-id"]
    assert (answer.status_code, code(answer)) == (500, "INTERNAL")
    assert answer.json()["errors"][0]["extensions"]["requestId"] == request_id
    assert "secret" not in answer.text
    assert [(entry["event"], entry["request_id"]) for entry in logs] == [("defect", request_id)]


async def test_large_answers_are_compressed_where_asked(edge: Edge) -> None:
    edge.answer = Answer(b'{"data":"' + b"x" * 100_000 + b'"}')
    async with client_of(edge.app()) as client:
        for encoding, expected in (
            ("gzip, br", "gzip"),
            ("identity", None),
            ("gzip;q=0, *", None),
            ("*", "gzip"),
        ):
            answer = await client.post("/graphql", json=QUERY, headers={"accept-encoding": encoding})
            assert answer.headers.get("content-encoding") == expected
            assert answer.content == edge.answer.body
            assert (int(answer.headers["content-length"]) < 1000) == (expected == "gzip")
        edge.answer = Answer(b"{}")
        small = await client.post("/graphql", json=QUERY, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in small.headers


async def test_large_bodies_are_refused(client: httpx.AsyncClient, edge: Edge) -> None:
    body = orjson.dumps({"query": "#" * 2100})
    headers = {"content-type": "application/json"}
    told = await client.post("/graphql", content=body, headers=headers)
    absurd = await client.post("/graphql", content=b"", headers={**headers, "content-length": "9" * 5000})

    async def parts() -> Any:
        for at in range(0, len(body), 500):
            yield body[at : at + 500]

    untold = await client.post("/graphql", content=parts(), headers=headers)
    assert [code(answer) for answer in (told, absurd, untold)] == ["BODY_TOO_LARGE"] * 3
    assert {answer.status_code for answer in (told, absurd, untold)} == {413}
    assert told.headers["connection"] == "close"
    assert not edge.asked


async def test_slow_bodies_are_dropped(edge: Edge) -> None:
    async def trickle() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    start, body = await raw(edge.app(body_timeout=0.1), trickle)
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert orjson.loads(body["body"])["errors"][0]["extensions"]["code"] == "BODY_TOO_SLOW"


async def test_a_slow_body_does_not_outlive_a_sign_in(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRM-8: whose rights end while the body is on its way has none when it has come."""
    monkeypatch.setattr(endpoint, "FRESH", -1.0)
    ends = iter((edge.sign_in, None))

    async def sign_in(authorization: bytes | None, language: Language, occasion: Occasion) -> Viewer:
        if (there := next(ends)) is None:
            raise Unauthenticated
        return await there(authorization, language, occasion)

    async def body() -> Any:
        return {"type": "http.request", "body": b'{"query": "{ __typename }"}', "more_body": False}

    app = edge.app()
    monkeypatch.setattr(app.short_way, "_sign_in", sign_in)  # type: ignore[attr-defined]
    start, _ = await raw(app, body)
    assert (start["status"], edge.asked) == (401, [])


async def test_who_went_away_is_not_answered(edge: Edge) -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    assert await raw(edge.app(), gone) == []
    assert not edge.asked


async def test_long_addresses_and_headers_are_refused(client: httpx.AsyncClient) -> None:
    address = await client.post("/graphql?" + "x" * 8200, json=QUERY)
    assert (address.status_code, code(address)) == (414, "ADDRESS_TOO_LONG")
    headers = await client.post("/graphql", json=QUERY, headers={"x-much": "x" * 33_000})
    assert (headers.status_code, code(headers)) == (431, "HEADERS_TOO_LARGE")
