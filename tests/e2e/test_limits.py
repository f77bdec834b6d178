"""What asks for too much is refused with its code before any row is read (PRM-2)."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_introspection_query

from core.settings import Settings
from tests.e2e.company import Company


def nested(depth: int) -> str:
    """Customers, their owners, the owners' customers, and so on; each counts once."""
    body = "id"
    for level in range(depth, 0, -1):
        body = f"customers(first: 1) {{ nodes {{ {body} }} }}" if level % 2 else f"owner {{ {body} }}"
    return f"{{ {body} }}"


def listed(count: int, entry: str, inside: str = "customers(first: 1) {{ nodes {{ {} }} }}") -> str:
    return f"{{ {inside.format(' '.join(entry.format(n) for n in range(count)))} }}"


D = Settings(env="development", _env_file=None)
TOO_MUCH: list[tuple[str, str]] = [
    ("depth", nested(D.max_depth + 1)),
    ("aliases", listed(D.max_aliases + 1, "a{}: name")),
    ("repeats", listed(D.max_repeats + 1, "name")),
    ("directives", listed(D.max_directives + 1, "@include(if: true)", "customers {{ nodes {{ name {} }} }}")),
    ("operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(D.max_operations + 1))),
    (
        "fragments",
        "{ __typename } "
        + " ".join(f"fragment F{n} on Query {{ __typename }}" for n in range(D.max_fragments + 1)),
    ),
    ("tokens", listed(D.max_tokens, "name")),
    (
        "cost",
        (
            "{ customers(first: 100) { nodes { purchases(first: 100) { nodes { customer {"
            " purchases(first: 100)"
            " { nodes { id } } } } } } } }"
        ),
    ),
    (
        "cost",
        (
            'mutation { createActivity(input: {title: "x", kind: CLUB}) {'
            " ... on CreateActivityPayload { activity {"
            " participations(first: 100) { nodes { customer { purchases(first: 100) { nodes { customer {"
            " purchases(first: 100) { nodes { id } } } } } } } } } } } }"
        ),
    ),
]


def close_reads(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no statement may reach the database; who signed in before stays so."""

    async def refuse(*_: Any) -> Any:
        raise AssertionError("a row was read")

    for name in ("value", "rows"):
        monkeypatch.setattr(company.app.database.reader, name, refuse)


async def test_too_much_is_refused_before_anything_is_read(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepest, most = nested(D.max_depth), listed(D.max_aliases, "a{}: name")
    assert (await company.ask("leader", deepest))["customers"]["nodes"]
    assert (await company.ask("leader", most))["customers"]["nodes"]
    close_reads(company, monkeypatch)
    wrong = []
    for limit, query in TOO_MUCH:
        said = await company.whole("leader", query)
        error = said["errors"][0]["extensions"]
        if "data" in said or (error["code"], error.get("limit")) != ("LIMIT_EXCEEDED", limit):
            wrong.append((limit, said))
        elif not error["measured"] > error["allowed"]:
            wrong.append((limit, error))
    assert wrong == []
    for arguments in ("first: 101", "first: -1", "last: 101", "last: -1"):
        query = f"{{ customers({arguments}) {{ nodes {{ id }} }} }}"
        assert (await company.refused("leader", query))[0] == "BAD_USER_INPUT"
    ids = ", ".join(f'"{company.id("wang")}"' for _ in range(101))
    assert (await company.refused("leader", f"{{ nodes(ids: [{ids}]) {{ id }} }}"))[0] in (
        "BAD_USER_INPUT",
        "LIMIT_EXCEEDED",
    )


async def test_a_large_body_is_refused(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """413, whether its length is told or not."""
    token = company.token("leader")
    assert (await company.post({"query": "{ me { id } }"}, token)).status_code == 200
    close_reads(company, monkeypatch)
    large = b'{"query": "{ me { id } }", "variables": {"x": "' + b"x" * D.max_body + b'"}}'
    answer = await company.post(large, token)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")

    async def pieces() -> Any:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    streamed = await company.client.post("/graphql", content=pieces(), headers=headers)
    assert (streamed.status_code, streamed.json()["errors"][0]["extensions"]["code"]) == (
        413,
        "BODY_TOO_LARGE",
    )


async def test_at_most_ten_errors(company: Company) -> None:
    said = await company.whole("leader", "{ " + " ".join(f"nothing{n}" for n in range(14)) + " }")
    assert len(said["errors"]) == D.max_errors
    assert {e["extensions"]["code"] for e in said["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_introspection_fits(company: Company) -> None:
    """PRM-6: for those who are signed in, of any role."""
    query = get_introspection_query(input_value_deprecation=True, specified_by_url=True)
    data = await company.ask("auditor", query)
    described = {kind["name"]: kind for kind in data["__schema"]["types"]}
    assert {"Customer", "CustomerWhere", "UserError"} <= described.keys()
    fields = described["Query"]["fields"]
    assert all(field["description"] for field in fields)
    assert all(argument["description"] for field in fields for argument in field["args"])
