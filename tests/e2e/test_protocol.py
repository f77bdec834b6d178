"""GraphQL over HTTP against the whole application: nothing a client sends is a 500 (PRM-1, PRM-3)."""

from __future__ import annotations

import gzip

import orjson

from tests.e2e.company import Company

MALFORMED = [
    b"",
    b"{",
    b"null",
    b"1",
    b'"x"',
    b"\x00",
    b"\xff\xfe",
    b"query={me{id}}",
    b"[]",
    b"[" * 100_000,
    b'{"a":' * 2_000,
    b'[{"query": "{ me { id } }"}]',
    b"{}",
    b'{"query": 1}',
    b'{"query": null}',
    b'{"query": "{me{id}}", "variables": []}',
    b'{"query": "{me{id}}", "variables": "x"}',
    b'{"query": "{me{id}}", "operationName": 1}',
    b'{"query": "\\ud800"}',
    b'{"query": "{me{id}}", "extensions": []}',
    b'{"query": "{me{id}}"} {}',
    b'{"query": "{me{id}}", "variables": {"a": NaN}}',
]
DOCUMENTS = [
    "",
    " ",
    "#",
    "{",
    "}",
    "{ me }",
    "{ me { id }",
    "query",
    "{ nothing }",
    "{ me { nothing } }",
    "subscription { x }",
    "fragment F on Query { me { id } }",
    "{ ...F }",
    "{ ...F } fragment F on Query { ...F }",
    "query Q { me { id } } query R { me { id } }",
    '{ customers(first: "x") { totalCount } }',
    "\0",
    "{ me { id } } \ufffe",
    "{ customers(where: {name: {eq: null}}) { totalCount } }",
    "{ customers(where: null) { nothing } }",
    "{ customers(orderBy: [{}]) { totalCount } }",
    "{ customers(orderBy: [{name: ASC, id: ASC}]) { totalCount } }",
    '{ customers(where: {birthday: {eq: "1990-02-30"}}) { totalCount } }',
    '{ customers(where: {createdAt: {gt: "2026-01-01T00:00:00"}}) { totalCount } }',
    '{ customers(where: {spend: {gt: {amount: "1e999999", currency: "CNY"}}}) { totalCount } }',
    "{ customers(where: {purchaseCount: {eq: 99999999999999}}) { totalCount } }",
    '{ customers(where: {phone: {eq: "no number"}}) { totalCount } }',
    "mutation { createDepartment(input: {}) { __typename } }",
    "mutation { createDepartment { __typename } }",
    "query ($x: Nothing) { me { id } }",
    "query ($x: Int!) { customers(first: $x) { totalCount } }",
    "{ me { id @skip } }",
    "{ me { id @nothing } }",
    "{ me { id { x } } }",
    "{ a: me { id } a: customers { totalCount } }",
    '{ customers(where: {name: {eq: "\\u0000"}}) { totalCount } }',
    "{ __type(name: 1) { name } }",
]
ODD_VARIABLES = [1, -1, 10**30, 1.5, True, "", "x", "\0", [], [[]], {}, {"a": {}}, "9" * 400, "\u202e", None]


async def test_malformed_bodies(company: Company) -> None:
    token = company.token("leader")
    for body in MALFORMED:
        answer = await company.post(body, token)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            400,
            "BAD_REQUEST",
        ), body[:40]


async def test_documents_that_are_none(company: Company) -> None:
    """Each is refused by a code; the words are ours."""
    for document in DOCUMENTS:
        said = await company.whole("leader", document)
        assert "data" not in said, document
        assert said["errors"]


async def test_odd_variables(company: Company) -> None:
    """Used or refused, for every sort of argument."""
    for name, kind, use in (
        ("number", "Int", "customers(first: $v) { totalCount }"),
        ("text", "String", "customers(where: {name: {eq: $v}}) { totalCount }"),
        ("sealed", "String", "customers(where: {phone: {eq: $v}}) { totalCount }"),
        ("id", "ID!", "node(id: $v) { id }"),
        ("ids", "[ID!]!", "nodes(ids: $v) { id }"),
        ("cursor", "String", "customers(after: $v) { totalCount }"),
        ("object", "CustomerWhere", "customers(where: $v) { totalCount }"),
        ("order", "[CustomerOrder!]", "customers(orderBy: $v) { totalCount }"),
        ("time", "DateTime", "purchases(where: {at: {gt: $v}}) { totalCount }"),
        ("day", "Date", "customers(where: {birthday: {gt: $v}}) { totalCount }"),
        ("money", "MoneyInput", "customers(where: {spend: {eq: $v}}) { totalCount }"),
        ("scope", "Scope", "customers(scope: $v) { totalCount }"),
    ):
        for value in ODD_VARIABLES:
            said = await company.whole("leader", f"query ($v: {kind}) {{ {use} }}", {"v": value})
            if "errors" in said:
                codes = {error["extensions"]["code"] for error in said["errors"]}
                assert codes <= {"BAD_USER_INPUT", "LIMIT_EXCEEDED"}, (name, value, said)


async def test_only_post(company: Company) -> None:
    """No query by GET, no mutation either; no forms."""
    headers = {"authorization": f"Bearer {company.token('leader')}"}
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await company.client.request(method, "/graphql?query=%7B__typename%7D", headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), method
    token = company.token("leader")
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/graphql",
    ):
        answer = await company.post(b'{"query": "{ me { id } }"}', token, content_type=kind)
        assert answer.status_code == 415
    assert (await company.post({"query": "{ me { id } }"}, token, accept="text/html")).status_code == 406


async def test_the_answer_is_one_json_with_the_bytes_of_the_data(company: Company) -> None:
    """PRM-1: `data` first and in the order of the selection; compressed for those who ask for it."""
    query = {
        "query": "query Q { me { name staffNumber } departments { nodes { kind name } } } "
        "query R { me { id } }",
        "operationName": "Q",
    }
    for accept, kind in (
        ("application/json", "application/json; charset=utf-8"),
        ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
    ):
        answer = await company.post(query, company.token("leader"), accept=accept)
        assert answer.headers["content-type"] == kind
        rows = ",".join(f'{{"kind":"SALES","name":"{n}"}}' for n in ("east", "harbour", "west"))
        assert answer.text == (
            f'{{"data":{{"me":{{"name":"leader","staffNumber":"leader"}},"departments":{{"nodes":[{rows}]}}}}}}'
        )
        assert int(answer.headers["content-length"]) == len(answer.content)
    headers = {"authorization": f"Bearer {company.token('leader')}", "accept-encoding": "gzip"}
    large = {
        "query": "{ employees { nodes { id name staffNumber subject createdAt department { id name } } } }"
    }
    async with company.client.stream("POST", "/graphql", json=large, headers=headers) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert len(orjson.loads(gzip.decompress(raw))["data"]["employees"]["nodes"]) == 13


async def test_a_refused_request_is_200_to_older_clients(company: Company) -> None:
    """GraphQL over HTTP: 400 only in the newer media type."""
    body, token = {"query": "{ nothing }"}, company.token("leader")
    assert (await company.post(body, token, accept="application/json")).status_code == 200
    assert (await company.post(body, token, accept="application/graphql-response+json")).status_code == 400
