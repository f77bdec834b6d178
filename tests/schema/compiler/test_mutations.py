"""Payloads are read under the caller's plan, and refused before anything is done (PRM-6, PRM-7, PRM-9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from core.errors import RequestError
from schema.application import Application
from schema.http.protocol import GraphQLRequest
from tests.schema.compiler.test_statements import departments
from tests.schema.world import World

UPDATE = """mutation($i: UpdateCustomerInput!) { updateCustomer(input: $i) { __typename
    ... on UpdateCustomerPayload { customer { %s } } ... on UserError { code field } } }"""
PHONE = "phone region loyalty { purchases palindrome }"
DATABASES = ("sqlite", "postgres")


def run(
    world: World, app: Application, text: str, given: dict[str, Any], roles: Sequence[str], **more: Any
) -> Any:
    """The body, or the code of the refusal."""
    text = text.replace("$i: UpdateCustomerInput!", "$i: UpdateCustomerInput!, $c: String") if more else text
    request = GraphQLRequest(text, {"i": given, **more})
    try:
        return orjson.loads(world.run(app.execution(request, world.viewer(roles))).body)
    except RequestError as error:
        return error.code


def of_department(world: World) -> str:
    """A customer of the caller's department who has another owner and no team with the caller."""
    return f"cus_{world.rows['Customer'][4]['id'].hex}"


def of_stranger(world: World) -> str:
    """A customer with whom the caller has nothing to do."""
    return f"cus_{world.rows['Customer'][0]['id'].hex}"


def region_of(world: World, app: Application, key: str) -> Any:
    found = world.ask(app, f'{{ customer(id: "{key}") {{ region }} }}', {}, world.viewer(["leader"]))
    return orjson.loads(found.body or b"")["data"]["customer"]["region"]


@pytest.mark.parametrize("name", DATABASES)
def test_who_writes_what_they_see_masked_gets_the_mask(fresh: World, name: str) -> None:
    """ACC-2: a supervisor keeps the phone numbers of the department, and reads them masked."""
    app, key = fresh.apps[name], of_department(fresh)
    given = {"id": key, "phone": "13700000001", "region": "east"}
    said = run(fresh, app, UPDATE % PHONE, given, ["marketing_supervisor"])
    customer = said["data"]["updateCustomer"]["customer"]
    assert (customer["phone"], customer["region"]) == ("*******0001", "east")
    assert [
        (r["path"], r["effect"]["department"])
        for r in said["extensions"]["redactions"]
        if r["class"] == "contact"
    ] == [(["updateCustomer", "customer", "phone"], "MASK")]
    assert (
        run(fresh, app, UPDATE % PHONE, {"id": key}, ["leader"])["data"]["updateCustomer"]["customer"][
            "phone"
        ]
        == "13700000001"
    )


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize(
    ("selection", "more", "code"),
    [
        ('interactions(orderBy: [{at: ASC}], where: {summary: {eq: "x"}}) { totalCount }', {}, "FORBIDDEN"),
        ("purchases(first: -1) { totalCount }", {}, "BAD_USER_INPUT"),
        ("interactions(after: $c) { totalCount }", {"c": "zz"}, "BAD_USER_INPUT"),
        (
            'a: purchases(first: -1) { totalCount } interactions(where: {summary: {eq: "x"}}) { totalCount }',
            {},
            "FORBIDDEN",
        ),
    ],
)
def test_a_refused_selection_changes_nothing(
    fresh: World, name: str, selection: str, more: dict[str, Any], code: str
) -> None:
    app, key = fresh.apps[name], f"cus_{fresh.rows['Customer'][1]['id'].hex}"  # the caller's own
    before = region_of(fresh, app, key)
    said = run(fresh, app, UPDATE % selection, {"id": key, "region": "nowhere"}, ["salesperson"], **more)
    assert (said if isinstance(said, str) else said["errors"][0]["extensions"]["code"]) == code
    assert region_of(fresh, app, key) == before


def test_a_selection_that_sqlite_cannot_hold_changes_nothing(fresh: World) -> None:
    app, key = fresh.apps["sqlite"], of_department(fresh)
    before = region_of(fresh, app, key)
    text = UPDATE % f"department {{ children {departments(7)} }}"
    said = run(fresh, app, text, {"id": key, "region": "nowhere"}, ["leader"])
    assert said == "TOO_COMPLEX"
    assert region_of(fresh, app, key) == before


@pytest.mark.parametrize("name", DATABASES)
def test_a_repeated_mutation_is_read_under_present_rights(fresh: World, name: str) -> None:
    """PRM-9: what happened is kept, not what was read of it."""
    app = fresh.apps[name]
    given = {"id": of_department(fresh), "phone": "13700000002", "idempotencyKey": "once"}
    seen = [
        run(fresh, app, UPDATE % "phone", given, roles)["data"]["updateCustomer"]["customer"]
        for roles in (["leader"], ["marketing_supervisor"], ["finance"], ["administrator"])
    ]
    assert seen == [{"phone": "13700000002"}, {"phone": "*******0002"}, {"phone": None}, None]
    other = run(fresh, app, UPDATE % "phone", {**given, "phone": "13700000003"}, ["leader"])
    assert other["data"]["updateCustomer"] == {
        "__typename": "IdempotencyMismatchError",
        "code": "IDEMPOTENCY_MISMATCH",
        "field": "idempotencyKey",
    }


@pytest.mark.parametrize("name", DATABASES)
def test_expected_errors_are_typed(fresh: World, name: str) -> None:
    """Not found and not visible answer alike, and nothing is half-done."""
    app = fresh.apps[name]
    for role, key in (("salesperson", of_stranger(fresh)), ("salesperson", "cus_" + "0" * 32)):
        said = run(fresh, app, UPDATE % "id", {"id": key, "region": "x"}, [role])
        assert said["data"]["updateCustomer"] == {
            "__typename": "NotFoundError",
            "code": "NOT_FOUND",
            "field": "id",
        }
