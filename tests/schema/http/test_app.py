"""The other paths: health (PRM-10), GraphiQL in development only, and what is common to all answers."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from structlog.testing import capture_logs

from core.ids import RandomIds
from core.settings import Settings
from schema.http.app import make_http_app
from schema.http.graphiql import graphiql_routes
from schema.http.protocol import SampleToken
from tests.schema.http.conftest import Edge, client_of

PRODUCTION: dict[str, Any] = {
    "env": "production", "encryption_keys": "1:x", "index_key": "x", "token_secret": "x" * 32,
}  # fmt: skip


async def test_health(client: httpx.AsyncClient, edge: Edge) -> None:
    assert [(await client.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    edge.database = OSError("host db.internal is away")
    ready = await client.get("/readyz")
    assert (ready.status_code, "db.internal" in ready.text) == (503, False)
    assert (await client.get("/healthz")).status_code == 200


async def test_every_answer_has_a_request_id_and_safe_headers(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/nowhere", "/graphiql/tokens", "/"):
        answer = await client.get(path)
        assert len(answer.headers["x-request-id"]) == 36
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_refusals_of_other_paths_are_json(client: httpx.AsyncClient) -> None:
    nowhere = await client.get("/nowhere", headers={"accept-language": "zh"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["extensions"]["code"]) == (404, "NO_SUCH_PATH")
    assert "接口" in nowhere.json()["errors"][0]["message"]
    method = await client.post("/healthz")
    assert (method.status_code, method.json()["errors"][0]["extensions"]["code"]) == (
        405,
        "METHOD_NOT_ALLOWED",
    )
    assert "GET" in method.headers["allow"]
    assert (await client.get("/nowhere?" + "x" * 8200)).status_code == 414


async def test_graphiql_is_not_there_in_production(edge: Edge) -> None:
    async with client_of(edge.app(**PRODUCTION)) as client:
        for path in ("/", "/graphiql", "/graphiql/tokens", "/graphiql/assets/index.html"):
            assert (await client.get(path)).status_code == 404


async def test_graphiql_offers_the_sample_tokens(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["location"] == "/graphiql"
    assert (await client.get("/graphiql/tokens")).json() == [{"title": "Leader 领导", "token": "good"}]


async def test_graphiql_says_how_to_build_it(tmp_path: Path) -> None:
    app = Starlette(routes=graphiql_routes(lambda: [SampleToken("a", "b")], built=tmp_path / "dist"))
    async with client_of(app) as client:
        answer = await client.get("/graphiql")
        assert (answer.status_code, "make console" in answer.text) == (503, True)
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist" / "index.html").write_text("<!doctype html>", encoding="utf-8")
        page = await client.get("/graphiql")
        assert (page.status_code, page.text) == (200, "<!doctype html>")
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert (await client.get("/graphiql/assets/index.html")).status_code == 200
        assert (await client.get("/graphiql/assets/../../secret")).status_code == 404


async def test_pages_elsewhere_are_let_in_only_where_it_is_set(edge: Edge) -> None:
    headers = {"origin": "https://app.example", "access-control-request-method": "POST"}
    async with client_of(edge.app(allowed_origins="https://app.example, https://b.example")) as client:
        assert (await client.options("/graphql", headers=headers)).status_code == 200
        other = await client.options("/graphql", headers={**headers, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        answer = await client.post("/graphql", json={"query": "{a}"}, headers=headers)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"


@pytest.mark.parametrize("error", [RuntimeError("SELECT secret")])
async def test_a_defect_of_another_path_is_masked_too(edge: Edge, error: Exception) -> None:
    async def broken(_: Request) -> None:
        raise error

    app = make_http_app(
        settings=Settings(env="development", _env_file=None),
        execute=edge.execute,
        sign_in=edge.sign_in,
        ping=edge.ping,
        ids=RandomIds(),
        routes=[Route("/broken", broken)],
    )
    with capture_logs() as logs:
        async with client_of(app) as client:
            answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert logs[0]["request_id"] == answer.headers["x-request-id"]
