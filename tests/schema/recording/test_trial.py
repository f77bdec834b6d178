"""What the dry run says of recorded operations: it misses none that is answered otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access.rules import MASK, READ, SHOW, Policy, Rule
from core.impact.service import plans_of
from core.operations.asked import Recorded
from core.operations.choices import OperationKind
from schema.recording import trial
from schema.recording.trial import Trial, own_documents, try_operations
from tests.schema.world import World, policy_of

TEXTS = (
    "{ customers { totalCount nodes { name phone notes } } }",
    "{ customers(scope: OWN, where: {phone: {isNull: false}}) { totalCount } }",
    "{ customers(orderBy: [{spend: DESC}]) { nodes { name } } }",
    "{ customers(where: {purchases: {some: {category: {isNull: true}}}}) { totalCount } }",
    "{ customers { nodes { owner { name phone } purchases(first: 2) { nodes { amount { amount } } } } } }",
    "{ customers { nodes { timeline(first: 3) { totalCount edges { cursor node { __typename } } } } } }",
    "{ purchases { nodes { customer { name email } } } }",
    "{ customers { groups(by: {region: VALUE}) { count } } }",
    "{ employees { nodes { title customers { totalCount } } } }",
    "{ assessments { nodes { grade employee { name } } } }",
    "{ me { id phone } tiers { nodes { name } } }",
    "{ customers { nodes { loyalty { spent category entries(first: 2) { nodes { points } } } } } }",
    "{ loyalty { entries { nodes { note } } more { customers { nodes { phone } } } } }",
    "{ customers(orderBy: [{loyalty: {spent: ASC}}]) { nodes { id } } }",
)
OBJECTS = (
    *(
        f"type:{name}"
        for name in ("Customer", "Purchase", "Employee", "Assessment", "Interaction", "LoyaltyEntry")
    ),
    *(f"class:{name}" for name in ("contact", "commercial", "internal", "personal")),
    "field:Customer.phone",
    "field:Purchase.at",
)
RULES = st.builds(
    Rule,
    st.just("a"),
    st.sampled_from(OBJECTS),
    st.sampled_from((READ, READ, SHOW, SHOW, MASK)),
    st.sampled_from(("own", "team", "department", "all", "all")),
    st.sampled_from(("allow", "allow", "deny")),
)
BASE = tuple(
    Rule("everyone", f"type:{name}", READ, "all", "allow")
    for name in (
        "Customer",
        "Purchase",
        "Employee",
        "Tier",
        "Interaction",
        "Participation",
        "LoyaltyEntry",
    )
)


def recorded(text: str, number: int = 0, **variables: Any) -> Recorded:
    return Recorded(UUID(int=number), "a", OperationKind.QUERY, None, text, variables, 1)


def tried(world: World, before: Policy, after: Policy, *operations: Recorded) -> list[Trial]:
    plans = world.run(plans_of(world.app.catalogue, before, after))
    mine = {one.role for one in plans}
    engine, of_them = world.app.engine, [one for one in operations if one.role in mine]
    found, count = world.run(try_operations(engine, own_documents(engine), of_them, plans))
    assert count == len(of_them)
    return found


@settings(max_examples=12)
@given(
    before=st.lists(RULES, max_size=5),
    after=st.lists(RULES, max_size=3),
    chosen=st.sets(st.sampled_from(TEXTS), min_size=3, max_size=6),
)
def test_what_is_not_named_is_answered_alike(world: World, before: Any, after: Any, chosen: set[str]) -> None:
    now = policy_of([*BASE, *before])
    then = policy_of([*BASE, *before, *after])
    operations = [recorded(text, number) for number, text in enumerate(sorted(chosen))]
    named = {one.operation.text for one in tried(world, now, then, *operations)}
    for text in chosen - named:
        for employee in (0, 3, None):
            asked = [
                world.ask(world.app, text, {}, world.viewer(("a",), employee, of=policy))
                for policy in (now, then)
            ]
            assert asked[0] == asked[1], text


RULE_NOW = Rule("a", "class:contact", SHOW, "all", "allow")


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (RULE_NOW, "{ customers { nodes { phone } } }", "redactions"),
        (RULE_NOW, "{ customers { nodes { name } } }", None),
        (RULE_NOW, '{ customers(where: {phone: {eq: ""}}) { totalCount } }', "forbidden"),
        (Rule("a", "type:Assessment", READ, "own", "allow"), "{ assessments { totalCount } }", "Assessment"),
        (RULE_NOW, "{ shops { name } }", "invalid"),
        (RULE_NOW, "{ x: loyalty { more { customers { nodes { phone } } } } }", "redactions"),
        (RULE_NOW, "query($where: CustomerWhere) { customers(where: $where) { totalCount } }", "forbidden"),
    ],
)
def test_how_it_is_answered_otherwise(world: World, rule: Rule, text: str, expected: str | None) -> None:
    variables: dict[str, Any] = {"where": {"phone": {"eq": ""}}} if "$where" in text else {}
    now, then = policy_of([*BASE, rule]), policy_of(BASE)
    found = tried(world, now, then, recorded(text, **variables))
    if expected is None:
        assert found == []
        return
    (one,) = found
    match expected:
        case "invalid":
            assert one.before is None
            assert one.after is None
        case "forbidden":
            assert one.before is not None
            assert one.before.refused is None
            assert one.after is not None
            assert one.after.refused == "customers.where.phone"
            assert one.types == []
        case "redactions":
            assert one.answered is not None
            assert [len(answer.redactions) for answer in one.answered] == [0, 1]
        case _:
            assert one.types == [expected]


def test_a_default_order_that_may_not_be_told_any_more(world: World) -> None:
    now = policy_of([*BASE, Rule("a", "class:commercial", SHOW, "all", "allow")])
    (one,) = tried(world, now, policy_of(BASE), recorded("{ purchases { nodes { id } } }"))
    assert one.reordered
    assert one.types == []


def test_it_ends_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SECONDS", -1.0)
    now, then = policy_of([*BASE, RULE_NOW]), policy_of(BASE)
    plans = world.run(plans_of(world.app.catalogue, now, then))
    engine = world.app.engine
    operations = [recorded("{ customers { nodes { phone } } }")]
    assert world.run(try_operations(engine, own_documents(engine), operations, plans)) == ([], 0)


UPDATES = """updateCustomer(input: {id: "cus_$"}) { __typename
    ... on UpdateCustomerPayload { customer { phone } } }"""
RECORDS = """x: loyalty { record(input: {customerId: "cus_$", points: 1}) { __typename
    ... on LoyaltyRecordPayload { entry { customer { phone } } } } }"""


@pytest.mark.parametrize("field", [UPDATES, RECORDS])
def test_payloads_of_mutations_are_read_too(world: World, field: str) -> None:
    text = f"mutation {{ {field.replace('$', '0' * 32)} }}"
    base = [*BASE, Rule("a", "field:LoyaltyEntry.customer", SHOW, "all", "allow")]
    (one,) = tried(world, policy_of([*base, RULE_NOW]), policy_of(base), recorded(text))
    assert one.answered is not None
    assert one.answered[0].redactions == []
    path = one.answered[1].redactions[0]["path"]
    assert (path[0], path[-1]) == ("updateCustomer" if field is UPDATES else "x", "phone")
