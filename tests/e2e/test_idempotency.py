"""A key applies once, whoever is impatient (PRM-9)."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.e2e.acts import ACTS
from tests.e2e.company import Company
from tests.e2e.test_mutations import caller, prepare


async def purchases(company: Company) -> int:
    data = await company.ask("leader", "{ purchases { totalCount } }")
    count: int = data["purchases"]["totalCount"]
    return count


def given(company: Company, **changes: Any) -> dict[str, Any]:
    paid = {"amount": {"amount": "10", "currency": "CNY"}, "at": "2026-11-01T00:00:00Z"}
    return {"customerId": company.id("wang"), "idempotencyKey": "till-1", **paid, **changes}


async def test_sent_again_it_gives_the_same_and_applies_once(company: Company) -> None:
    before = await purchases(company)
    shown = "purchase { id reference amount { minor } } customer { spend { minor } }"
    first = await company.act("leader", "recordPurchase", given(company), shown)
    assert first["customer"]["spend"]["minor"] == 16_050
    for _ in range(2):
        assert await company.act("leader", "recordPurchase", given(company), shown) == first
    assert await purchases(company) == before + 1
    other = await company.act("leader", "recordPurchase", given(company, quantity=2), shown)
    assert (other["code"], other["field"]) == ("IDEMPOTENCY_MISMATCH", "idempotencyKey")
    assert await purchases(company) == before + 1


async def test_two_at_once_apply_once(company: Company) -> None:
    """Also where one waits for the other's transaction."""
    before = await purchases(company)
    shown = "purchase { id }"
    found = await asyncio.gather(
        *(company.act("leader", "recordPurchase", given(company), shown) for _ in range(4))
    )
    assert found.count(found[0]) == 4
    assert found[0]["__typename"] == "RecordPurchasePayload"
    assert await purchases(company) == before + 1


async def test_of_two_inputs_at_once_one_is_refused(company: Company) -> None:
    before = await purchases(company)
    found = await asyncio.gather(
        *(company.act("leader", "recordPurchase", given(company, quantity=n)) for n in (1, 2))
    )
    kinds = sorted(one["__typename"] for one in found)
    assert kinds == ["IdempotencyMismatchError", "RecordPurchasePayload"]
    assert await purchases(company) == before + 1


async def test_two_without_a_key_are_two(company: Company) -> None:
    """No update is lost: both count."""
    free = {k: v for k, v in given(company).items() if k != "idempotencyKey"}
    await asyncio.gather(*(company.act("leader", "recordPurchase", free) for _ in range(3)))
    data = await company.ask(
        "leader", '{ customers(where: {name: {eq: "wang"}}) { nodes { purchaseCount spend { minor } } } }'
    )
    assert data["customers"]["nodes"] == [{"purchaseCount": 5, "spend": {"minor": 18_050}}]


async def test_the_key_is_the_callers_and_the_mutations(company: Company) -> None:
    before = await purchases(company)
    for who in ("leader", "salesperson"):
        assert (await company.act(who, "recordPurchase", given(company)))[
            "__typename"
        ] == "RecordPurchasePayload"
    assert await purchases(company) == before + 2
    call = {"customerId": company.id("wang"), "kind": "CALL", "idempotencyKey": "till-1"}
    assert (await company.act("leader", "recordInteraction", call))[
        "__typename"
    ] == "RecordInteractionPayload"


async def test_what_failed_may_be_tried_again_with_its_key(company: Company) -> None:
    """A refusal changes nothing, so it uses no key up."""
    far = given(company, at="2030-01-01T00:00:00Z")
    assert (await company.act("leader", "recordPurchase", far))["code"] == "INVALID_INPUT"
    assert (await company.act("leader", "recordPurchase", given(company)))[
        "__typename"
    ] == "RecordPurchasePayload"


async def test_a_replay_is_read_under_present_rights(company: Company) -> None:
    """What happened is kept, never what a right protects."""
    shown = "purchase { amount { minor } } customer { name spend { minor } }"
    first = await company.act("salesperson", "recordPurchase", given(company), shown)
    assert (first["purchase"], first["customer"]["name"]) == ({"amount": {"minor": 1_000}}, "wang")
    assert first["customer"]["spend"]["minor"] > 0
    handed = {"id": company.id("wang"), "ownerId": company.id("account_manager")}
    await company.act("leader", "updateCustomer", handed)
    again = await company.act("salesperson", "recordPurchase", given(company), shown)
    assert (again["purchase"], again["customer"]) == (None, {"name": "wang", "spend": None})


async def test_every_mutation_takes_a_key(company: Company) -> None:
    """The second time nothing happens, and the payload is that of the first; other input is refused."""
    await prepare(company)
    wrong = []
    for name, act in ACTS.items():
        keyed = {**act.given(company), "idempotencyKey": "k"}
        kind = f"{name[0].upper()}{name[1:]}Payload"
        for _ in range(2):
            found = await company.act(caller(act.who), name, keyed, act.shown)
            if found != {"__typename": kind, **act.found}:
                wrong.append((name, found))
        text = next(k for k, v in keyed.items() if isinstance(v, str) and k != "idempotencyKey")
        other = await company.act(caller(act.who), name, {**keyed, text: changed(keyed[text])})
        if other["__typename"] != "IdempotencyMismatchError":
            wrong.append((name, other))
    assert wrong == []


def changed(value: str) -> str:
    """Another value of the same sort: an enum's other name, another id, another text."""
    other = {"PERSON": "COMPANY", "SALES": "FINANCE", "CLUB": "LECTURE"}.get(value)
    return other or (value[:-1] + ("0" if value[-1] != "0" else "1"))
