"""What the audit is told of an answer: which sensitive fields of which customers (ACC-3, BEY-10).

That nothing is missing in any way of answering is compared for every operation of the corpus; here: that
nothing is too much.
"""

from typing import Any
from uuid import UUID

import pytest

from core.access.rules import Rule
from core.errors import Unavailable
from schema.compiler.elements import HOLE
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.compiler.statements import watching
from tests.schema.world import Asked, Heard, World, policy_of

LEADER = Caller(["leader"])


def ask(world: World, judge: Judge, text: str, caller: Caller = LEADER) -> Asked:
    """The answer, alike in every way."""
    return compare(world, judge, text, {}, caller)[1]


def customers(world: World, count: int) -> list[Any]:
    return sorted(world.rows["Customer"], key=lambda row: row["id"].bytes)[:count]


def fields(asked: Asked, customer: UUID | None) -> set[str]:
    return {field for field, key in asked.told if key == customer}


def test_what_is_not_sensitive_is_not_told(world: World, judge: Judge) -> None:
    asked = ask(world, judge, "{ customers(first: 5) { nodes { id name region owner { name } } } }")
    assert not asked.told


def test_the_fields_of_each_customer_on_the_page_and_of_no_other(world: World, judge: Judge) -> None:
    asked = ask(world, judge, "{ customers(first: 3, orderBy: [{id: ASC}]) { nodes { phone birthday } } }")
    page = {row["id"] for row in customers(world, 3)}
    assert asked.told == {(f"Customer.{name}", key) for name in ("phone", "birthday") for key in page}


@pytest.mark.parametrize(
    ("selected", "marks"),
    [
        ("birthday", 1),
        ("id birthday", 1),
        ("birthday a: id b: id", 2),
        ("owner { id } id purchases(first: 1) { nodes { id } } ...Known", 1),
    ],
)
def test_who_is_shown_with_an_id_is_marked_by_that(
    world: World, judge: Judge, selected: str, marks: int
) -> None:
    known = " fragment Known on Customer { birthday }" if "Known" in selected else ""
    text = f"{{ customers(first: 3, orderBy: [{{id: ASC}}]) {{ nodes {{ {selected} }} }} }}{known}"
    page = {row["id"] for row in customers(world, 3)}
    assert ask(world, judge, text).told == {("Customer.birthday", key) for key in page}
    for app in world.apps.values():
        with watching(app) as sql:
            world.ask(app, text, {}, world.viewer(("leader",)))
        assert sum(one.count(HOLE) for one in sql) == 2 * marks


def test_masked_and_hidden_fields_are_not_told(world: World, judge: Judge) -> None:
    rules = [
        Rule("a", "type:Customer", "read", "all", "allow"),
        Rule("a", "class:contact", "mask", "all", "allow"),
        Rule("a", "class:contact", "show", "own", "allow"),
    ]
    text = "{ customers(first: 100) { nodes { phone notes viewerRelation } } }"
    caller = Caller(["a"], 0, policy_of(rules))
    asked = ask(world, judge, text, caller)
    mine = world.viewer(caller.roles, 0, caller.policy).employee
    own = {row["id"] for row in world.rows["Customer"] if row["owner_id"] == mine}
    assert own
    assert asked.told == {("Customer.phone", key) for key in own}


def test_a_list_below_tells_of_the_customer_it_hangs_on(world: World, judge: Judge) -> None:
    text = "{ customers(first: 4, orderBy: [{id: ASC}]) { nodes { purchases(first: 2) { nodes { at amount { minor } } } } } }"  # noqa: E501
    asked = ask(world, judge, text)
    page = {row["id"] for row in customers(world, 4)}
    assert asked.told == {(f"Purchase.{name}", key) for name in ("at", "amount") for key in page}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ('(where: {spend: {gte: {amount: "0", currency: "CNY"}}})', "Customer.spend"),
        ("(orderBy: [{spend: DESC}])", "Customer.spend"),
        ("(where: {purchases: {some: {quantity: {gt: 0}}}})", "Purchase.quantity"),
        ('(where: {not: {phone: {eq: "13800138000"}}})', "Customer.phone"),
    ],
)
def test_what_rows_are_found_by_is_told_of_those_found(
    world: World, judge: Judge, part: str, expected: str
) -> None:
    part = part.replace(")", "").replace("(", "(first: 100, ") + ")"
    asked = ask(world, judge, f"{{ customers{part} {{ nodes {{ id }} }} }}")
    assert asked.told
    assert {field for field, _ in asked.told} == {expected}
    assert None not in {key for _, key in asked.told}


def test_counts_and_sums_are_told_without_customers(world: World, judge: Judge) -> None:
    text = (
        "{ customers(where: {birthday: {isNull: false}}) { totalCount groups { sum { spend { minor } } } } }"
    )
    assert fields(ask(world, judge, text), None) == {"Customer.birthday", "Customer.spend"}


def test_sums_below_a_customer_are_told_of_it(world: World, judge: Judge) -> None:
    text = "{ customers(first: 2, orderBy: [{id: ASC}]) { nodes { purchases { groups { sum { quantity } } } } } }"  # noqa: E501
    page = {row["id"] for row in customers(world, 2)}
    assert ask(world, judge, text).told == {("Purchase.quantity", key) for key in page}


def test_fields_of_plugins_are_told_too(world: World, judge: Judge) -> None:
    asked = ask(
        world, judge, "{ customers(first: 2, orderBy: [{id: ASC}]) { nodes { loyalty { spent category } } } }"
    )
    assert {field for field, _ in asked.told} == {"LoyaltyOfCustomer.spent", "LoyaltyOfCustomer.category"}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("customers(first: 3, orderBy: [{spend: DESC}]) { edges { cursor } }", "Customer.spend"),
        ("customers(first: 3, orderBy: [{spend: DESC}]) { pageInfo { startCursor } }", "Customer.spend"),
        ("customers(last: 3, orderBy: [{spend: DESC}]) { pageInfo { endCursor } }", "Customer.spend"),
        ("purchases(first: 3) { edges { cursor } }", "Purchase.at"),
        ("purchases(first: 3) { pageInfo { endCursor } }", "Purchase.at"),
        ("customers(first: 9) { nodes { purchases(first: 3) { edges { cursor } } } }", "Purchase.at"),
        ("customers(first: 9) { nodes { timeline(first: 3) { edges { cursor } } } }", "Purchase.at"),
        ("customers(first: 9) { nodes { timeline(first: 3) { pageInfo { endCursor } } } }", "Purchase.at"),
    ],
)
def test_a_cursor_tells_the_values_that_it_holds(
    world: World, judge: Judge, part: str, expected: str
) -> None:
    """Whoever has one can read it, so it is a reading whether nodes are selected or not."""
    asked = ask(world, judge, f"{{ {part} }}")
    assert expected in {field for field, key in asked.told if key is not None}


def test_a_cursor_of_what_is_not_sensitive_tells_nothing(world: World, judge: Judge) -> None:
    text = "{ customers(first: 3, orderBy: [{name: ASC}]) { edges { cursor } pageInfo { endCursor } } }"
    assert not ask(world, judge, text).told


@pytest.mark.parametrize(
    "part",
    [
        "(first: 0) { nodes { id } groups(by: [NUMBER], first: 100) { keys sum { spend { minor } } } }",
        "{ groups(by: [NUMBER], first: 100) { keys sum { spend { minor } } } }",
        '(first: 1, where: {spend: {gte: {amount: "0", currency: "CNY"}}}) { totalCount nodes { id } }',
        '(first: 0, where: {spend: {lt: {amount: "0", currency: "CNY"}}}) { nodes { id } }',
    ],
)
def test_a_page_of_few_or_none_hides_no_figure(world: World, judge: Judge, part: str) -> None:
    assert "Customer.spend" in {field for field, _ in ask(world, judge, f"{{ customers{part} }}").told}


def test_a_figure_about_one_customer_is_told_of_that_customer(world: World, judge: Judge) -> None:
    """Else sums by number would be everybody's spend, and nobody's reading."""
    (one,) = customers(world, 1)
    only = f'(where: {{id: {{eq: "cus_{one["id"].hex}"}}, spend: {{isNull: false}}}})'
    assert "Customer.spend" in fields(ask(world, judge, f"{{ customers{only} {{ totalCount }} }}"), one["id"])
    text = "{ customers { groups(by: [NUMBER], first: 2) { sum { spend { minor } } } } }"
    told = {key for _, key in ask(world, judge, text).told}
    assert {row["number"] for row in world.rows["Customer"] if row["id"] in told} == {
        *sorted(row["number"] for row in world.rows["Customer"])[:2]
    }
    text = "{ purchases { groups(by: [CUSTOMER], first: 2) { sum { quantity } } } }"
    assert len({key for _, key in ask(world, judge, text).told}) == 2


def test_a_figure_about_several_is_told_of_none(world: World, judge: Judge) -> None:
    text = "{ customers { groups { sum { spend { minor } } } } }"
    assert {key for _, key in ask(world, judge, text).told} == {None}


def test_what_is_refused_because_the_audit_is_full_is_neither_shown_nor_noted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or each refused request would fill it further."""

    async def away(_self: Heard) -> None:
        raise Unavailable

    monkeypatch.setattr(Heard, "full", True)
    monkeypatch.setattr(Heard, "flush", away)
    for app in world.apps.values():
        asked = world.ask(app, "{ customers { nodes { phone } } }", {}, world.viewer(("leader",)))
        assert (asked.body, asked.code) == (None, "UNAVAILABLE")
        heard = app.engine.audit
        assert isinstance(heard, Heard)
        assert not heard.told
