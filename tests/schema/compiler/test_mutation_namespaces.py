"""Mutations in namespaces: each in its own transaction, in document order, told like those of the root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from core.errors import RequestError
from core.idempotency import IdempotencyKey
from schema.application import Application
from schema.http.protocol import GraphQLRequest
from tests.schema.straw import LoyaltyEntry
from tests.schema.world import World

DATABASES = ("sqlite", "postgres")
DONE = "__typename ... on UserError { code field } ... on LoyaltyRecordPayload { total %s }"
AGAIN = "__typename ... on LoyaltyAgainPayload { entry { points } }"


def record(points: int, selected: str = "", *, of: str, key: str = "", name: str = "record") -> str:
    """The field."""
    more = f', idempotencyKey: "{key}"' if key else ""
    shown = DONE % selected if name == "record" else AGAIN
    return f'{name}(input: {{customerId: "{of}", points: {points}{more}}}) {{ {shown} }}'


def run(world: World, app: Application, text: str, roles: Sequence[str] = ("leader",)) -> Any:
    """The body, or the refusal."""
    try:
        return orjson.loads(world.run(app.execution(GraphQLRequest(text, None), world.viewer(roles))).body)
    except RequestError as error:
        return error.code, error.field


def customer(world: World, number: int = 1) -> str:
    """The caller's own, unless another is asked for."""
    return f"cus_{world.rows['Customer'][number]['id'].hex}"


def points(world: World, app: Application) -> list[int]:
    """What is stored beyond what was there."""

    async def read() -> list[int]:
        async with app.database.unit_of_work() as work:
            asked = sa.select(LoyaltyEntry.points).order_by(LoyaltyEntry.id)
            return list((await work.session.execute(asked)).scalars())

    found = world.run(read())
    for row in world.rows["LoyaltyEntry"]:
        found.remove(row["points"])
    return sorted(found)


@pytest.mark.parametrize("name", DATABASES)
def test_document_order_through_namespaces(fresh: World, name: str) -> None:
    """Several aliases of a namespace, a namespace in one, and a root between; one key is one object."""
    app, of, there = fresh.apps[name], customer(fresh), len(fresh.rows["LoyaltyEntry"])
    text = f"""mutation {{
        a: loyalty {{ t: __typename one: {record(1, of=of)} }}
        updateCustomer(input: {{id: "{of}", region: "x"}}) {{ __typename }}
        b: loyalty {{ more {{ {record(2, of=of, name="again")} __typename }} three: {record(3, of=of)} }}
        a: loyalty {{ four: {record(4, of=of)} }}
        ...F
        c: loyalty {{ gone: {record(9, of=of)} @skip(if: true) }}
    }} fragment F on Mutation {{ b: loyalty {{ five: {record(5, of=of)} }} __typename }}"""
    text = text.replace(f"gone: {record(9, of=of)} @skip(if: true)", _skipped("gone", record(9, of=of)))
    said = run(fresh, app, text)["data"]
    assert list(said) == ["a", "updateCustomer", "b", "__typename", "c"]
    assert said["a"].pop("t") == "LoyaltyMutation"
    assert {k: v["total"] - there for k, v in said["a"].items()} == {"one": 1, "four": 2}
    assert list(said["b"]) == ["more", "three", "five"]
    assert said["b"]["more"] == {
        "again": {"__typename": "LoyaltyAgainPayload", "entry": {"points": 2}},
        "__typename": "LoyaltyMoreMutation",
    }
    assert [said["b"][k]["total"] - there for k in ("three", "five")] == [4, 5]
    assert (said["c"], said["__typename"]) == ({}, "Mutation")
    assert points(fresh, app) == [1, 2, 3, 4, 5]


def _skipped(alias: str, field: str) -> str:
    head, _, rest = field.partition(") {")
    return f"{alias}: {head}) @skip(if: true) {{{rest}"


@pytest.mark.parametrize("name", DATABASES)
def test_each_is_a_transaction_of_its_own(fresh: World, name: str) -> None:
    """An error is told where it is, and undoes only its own."""
    app, of = fresh.apps[name], customer(fresh)
    fields = " ".join(f"f{abs(n)}: {record(n, of=of)}" for n in (7, -1, -2, 8))
    said = run(fresh, app, f"mutation {{ x: loyalty {{ {fields} }} }}")
    found = said["data"]["x"]
    assert found["f1"] == {"__typename": "ConflictError", "code": "CONFLICT", "field": "points"}
    assert found["f2"] is None
    assert [(e["path"], e["extensions"]["code"]) for e in said["errors"]] == [(["x", "f2"], "FORBIDDEN")]
    assert (found["f8"]["total"] - found["f7"]["total"], points(fresh, app)) == (1, [7, 8])


@pytest.mark.parametrize("name", DATABASES)
def test_payloads_are_read_under_the_callers_plan(fresh: World, name: str) -> None:
    app, of = fresh.apps[name], customer(fresh, 4)
    inner = record(6, "entry { points customer { phone } }", of=of)
    said = run(fresh, app, f"mutation {{ x: loyalty {{ {inner} }} }}", ["marketing_supervisor"])
    entry = said["data"]["x"]["record"]["entry"]
    assert entry["points"] == 6
    assert [r["path"] for r in said["extensions"]["redactions"] if r["field"] == "phone"] == [
        ["x", "record", "entry", "customer", "phone"]
    ]
    failed = run(
        fresh,
        app,
        f"mutation {{ loyalty {{ {record(-1, 'entry { customer { phone } }', of=of)} }} }}",
        ["marketing_supervisor"],
    )
    assert "extensions" not in failed, "nothing was read that could be redacted"


@pytest.mark.parametrize(
    ("selection", "refusal"),
    [
        (
            "customer { owner { customers(where: {notes: {isNull: true}}) { totalCount } } }",
            ("FORBIDDEN", "loyalty.record.entry.customer.owner.customers.where.notes"),
        ),
        (
            "customer { purchases(first: -1) { totalCount } }",
            ("BAD_USER_INPUT", "loyalty.record.entry.customer.purchases.first"),
        ),
    ],
)
def test_a_refused_selection_changes_nothing(fresh: World, selection: str, refusal: Any) -> None:
    app, of = fresh.app, customer(fresh)
    text = f"mutation {{ loyalty {{ {record(6, f'entry {{ {selection} }}', of=of)} }} }}"
    said = run(fresh, app, text, ["finance"])
    if isinstance(said, dict):  # a value that is wrong is told at the field
        (told,) = said["errors"]
        said = told["extensions"]["code"], told["extensions"]["field"]
    assert said == refusal
    assert points(fresh, app) == []


@pytest.mark.parametrize("name", DATABASES)
def test_a_key_belongs_to_the_whole_name(fresh: World, name: str) -> None:
    """The same key in `loyalty.record` and `loyalty.more.again` is two keys; aliases make no difference."""
    app, of = fresh.apps[name], customer(fresh)
    again = record(1, of=of, key="k", name="again")
    for x in ("a", "b"):
        text = f"mutation {{ {x}: loyalty {{ {x}: {record(1, of=of, key='k')} more {{ y: {again} }} }} }}"
        said = run(fresh, app, text)["data"][x]
        assert said["more"]["y"]["entry"] == {"points": 1}
        assert said[x]["__typename"] == "LoyaltyRecordPayload"
    assert points(fresh, app) == [1, 1]
    other = run(fresh, app, f"mutation {{ loyalty {{ {record(2, of=of, key='k')} }} }}")
    assert other["data"]["loyalty"]["record"]["code"] == "IDEMPOTENCY_MISMATCH"

    async def names() -> set[str]:
        async with app.database.unit_of_work() as work:
            return set((await work.session.execute(sa.select(IdempotencyKey.mutation))).scalars())

    assert fresh.run(names()) == {"loyalty.record", "loyalty.more.again"}


def test_a_bad_input_is_refused_before_anything_is_done(fresh: World) -> None:
    app, of = fresh.app, customer(fresh)
    text = f"""mutation($n: Long) {{ loyalty {{ {record(1, of=of)} }}
        b: loyalty {{ record(input: {{customerId: "{of}", points: $n}}) {{ __typename }} }} }}"""
    said = run(fresh, app, text)
    assert isinstance(said, dict)
    assert "data" not in said
    assert points(fresh, app) == []
