"""What a request says of its occasion: its purpose, and where it comes from (ACC-6)."""

from typing import Any

import httpx
import pytest

from core.access.occasion import UNDECLARED, Occasion
from core.access.purposes import Purpose
from schema.http.occasion import Occasions
from tests.schema.http.conftest import Edge, client_of

QUERY = {"query": "{ __typename }"}


async def ask(client: httpx.AsyncClient, **headers: bytes) -> httpx.Response:
    given = {name.encode(): value for name, value in headers.items()}
    return await client.post("/graphql", json=QUERY, headers=given)


async def test_the_header_declares_the_purpose(edge: Edge, client: httpx.AsyncClient) -> None:
    await ask(client)
    assert edge.occasion.purpose is None
    await ask(client, **{"Baoke-Purpose": b" RECOMMENDATION "})
    assert edge.occasion.purpose is Purpose.RECOMMENDATION
    assert edge.occasion.address == "127.0.0.1"


@pytest.mark.parametrize("value", ["", "care", "CARE,SERVICE", "DATING", "关怀"])
async def test_an_unknown_purpose_is_refused_by_name(
    edge: Edge, client: httpx.AsyncClient, value: str
) -> None:
    accept = "application/graphql-response+json"
    found = await ask(client, **{"Baoke-Purpose": value.encode(), "accept": accept.encode()})
    (error,) = found.json()["errors"]
    assert (found.status_code, error["extensions"]) == (
        400,
        {"code": "BAD_USER_INPUT", "field": "Baoke-Purpose"},
    )
    assert "CARE, SERVICE, INVITATION, RECOMMENDATION" in error["message"]
    assert edge.asked == []


async def test_pages_of_listed_origins_may_declare_it(edge: Edge) -> None:
    async with client_of(edge.app(allowed_origins="https://crm.example.cn")) as client:
        asked = {
            "origin": "https://crm.example.cn",
            "access-control-request-method": "POST",
            "access-control-request-headers": "baoke-purpose",
        }
        assert (await client.options("/graphql", headers=asked)).status_code == 200


def scope(peer: str | None, *forwarded: str) -> Any:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return {"client": None if peer is None else (peer, 40_000), "headers": headers}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (scope("8.8.8.8", "10.9.9.9"), "8.8.8.8"),  # it is no proxy of ours: anybody can write that
        (scope("10.0.0.1", "8.8.4.4"), "8.8.4.4"),
        (scope("10.0.0.1", "10.9.9.9, 8.8.4.4, 10.0.0.2"), "8.8.4.4"),
        (scope("10.0.0.1", "1.1.1.1", "8.8.4.4, 10.0.0.2"), "8.8.4.4"),
        (scope("10.0.0.1", "unknown"), "unknown"),
        (scope("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3"),
        (scope("10.0.0.1"), "10.0.0.1"),
        (scope(None, "8.8.4.4"), None),
    ],
)
def test_only_trusted_proxies_say_where_a_request_comes_from(given: Any, address: str | None) -> None:
    assert Occasions("10.0.0.0/24").address(given) == address


def test_by_default_no_proxy_is_trusted() -> None:
    given = scope("10.0.0.1", "8.8.4.4")
    assert Occasions("").of(given, dict(given["headers"])) == Occasion(None, "10.0.0.1")
    assert Occasions("").of({"type": "http", "headers": []}, {}) == UNDECLARED
