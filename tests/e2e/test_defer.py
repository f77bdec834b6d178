"""`@defer` as clients send it: everything comes at once, and they see that nothing follows (PRM-1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.company import Company

RELAY = """query Page($more: Boolean!) {
  customers(first: 1, where: {name: {contains: "wang"}}) {
    nodes { id ...Detail @defer(label: "Page$defer$Detail", if: $more) }
  }
}
fragment Detail on Customer { name purchases { nodes { ...Paid @defer(label: "Detail$defer$Paid") } } }
fragment Paid on Purchase { quantity }"""
APOLLO = """query Page {
  customers(first: 1, where: {name: {contains: "wang"}}) {
    nodes { __typename id ... on Customer @defer { name purchases { nodes { ... @defer { quantity } } } } }
  }
}"""
# What the clients send beside it; for Relay, fetch as its guide writes it.
JSON = "application/graphql-response+json,application/json;q=0.9"
CLIENTS = {
    "apollo 3": (APOLLO, f"multipart/mixed;deferSpec=20220824,{JSON}"),
    "apollo 4": (APOLLO, f"multipart/mixed;incrementalSpec=v0.2,{JSON}"),
    "urql": (APOLLO, f"{JSON},text/event-stream,multipart/mixed"),
    "relay": (RELAY, "*/*"),
}


async def post(company: Company, query: str, accept: str = "*/*", **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    answer = await company.post(body, company.token("leader"), accept=accept)
    assert answer.headers["content-type"].partition(";")[0] in (
        "application/json",
        "application/graphql-response+json",
    )
    return answer.json()


@pytest.mark.parametrize("client", CLIENTS)
async def test_all_comes_at_once(company: Company, client: str) -> None:
    query, accept = CLIENTS[client]
    said = await post(company, query, accept, **({"more": True} if client == "relay" else {}))
    (node,) = said["data"]["customers"]["nodes"]
    assert node["name"] == "wang"
    assert node["purchases"]["nodes"] == [{"quantity": 1}, {"quantity": 1}]
    assert said["extensions"]["is_final"] is True  # Relay looks for this
    assert said.keys() == {"data", "extensions"}  # no `hasNext`: to Apollo and urql an ordinary answer


async def test_it_is_one_statement_whatever_if_says(company: Company) -> None:
    for more in (True, False):
        assert "errors" not in await post(company, RELAY, more=more)
    assert company.app.engine.compiled == 1


async def test_the_interpreter_and_mutations_do_alike(company: Company) -> None:
    said = await post(company, "{ __schema { queryType { name } } me { ... @defer { name } } }")
    assert said["data"]["me"] == {"name": "leader"}
    act = """mutation { updateCustomer(input: {id: "%s", region: "a"}) {
        ... on UpdateCustomerPayload { customer { ... @defer { region } } } } }"""
    said = await post(company, act % company.id("wang"))
    assert said["data"]["updateCustomer"] == {"customer": {"region": "a"}}
    assert said["extensions"]["is_final"] is True


@pytest.mark.parametrize(
    "query",
    [
        "{ me @defer { name } }",
        '{ me { ... @defer(label: "a") { name } ... @defer(label: "a") { title } } }',
        "query($l: String) { me { ... @defer(label: $l) { name } } }",
        "{ me { ... @defer(if: null) { name } } }",
        '{ me { ... @defer(if: "yes") { name } } }',
        "mutation { ... @defer { __typename } }",
        "{ me { ... @stream { name } } }",
    ],
)
async def test_wrong_uses_are_refused(company: Company, query: str) -> None:
    said = await post(company, query)
    assert {error["extensions"]["code"] for error in said["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in said


async def test_it_counts_as_a_directive(company: Company) -> None:
    """PRM-2."""
    said = await post(company, f"{{ me {{ {'... @defer { name } ' * 51} }} }}")
    assert said["errors"][0]["extensions"]["limit"] in ("directives", "repeats")


async def test_without_it_nothing_is_said_of_it(company: Company) -> None:
    assert "extensions" not in await post(company, "{ me { name } }")
