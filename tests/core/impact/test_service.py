"""Whom a change concerns, and which rows are shown as examples (BEY-5)."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from core.access.rules import Policy, Rule
from core.impact import holders, service
from core.impact.service import Impact, impact_of, plans_of
from core.organization.models import Employee
from tests.core.world import World, catalogue, policy, vocabulary

PHONES = Rule("customer_service", "field:Customer.phone", "show", "all", "allow")


async def tried(world: World, then: Policy, asker: str = "leader", *more: Rule) -> Impact:
    plans = await plans_of(catalogue(), policy(), then)
    viewer = world.viewer(asker, *more)
    return await impact_of(world.database, viewer, vocabulary().acts, plans, 2)


def with_rules(*rules: Rule) -> Policy:
    return replace(policy(), rules=(*policy().rules, *rules))


async def test_examples_are_in_the_relation_and_visible(world: World) -> None:
    """The salesperson asks: of the three rows that customer service sees, only those of the east."""
    impact = await tried(world, with_rules(PHONES), "salesperson")
    ((change,),) = (one.changes for one in impact.roles)
    assert change.rows == 3
    assert {example.label for example in change.examples} == {"wang", "zhao"}
    lost = with_rules(Rule("salesperson", "field:Customer.phone", "mask", "own", "deny"))
    impact = await tried(world, lost)
    labels = {one.role: {e.label for change in one.changes for e in change.examples} for one in impact.roles}
    assert labels == {"salesperson": {"wang"}, "account_manager": set()}


async def test_the_suspended_are_left_out(world: World) -> None:
    async with world.database.unit_of_work() as work:
        here = Employee.id == world.employees["customer_service"]
        await work.session.execute(sa.update(Employee).where(here).values(suspended_at=work.clock.now()))
    (role,) = (await tried(world, with_rules(PHONES))).roles
    assert role.holders == []
    assert [(change.rows, change.concerned) for change in role.changes] == [(0, [])]


async def test_names_are_told_to_those_who_may_see_them(world: World) -> None:
    (role,) = (await tried(world, with_rules(PHONES))).roles
    assert [one.name for one in role.holders] == ["customer_service"]
    hidden = Rule("leader", "field:EmployeeRole.role", "show", "all", "deny")
    (role,) = (await tried(world, with_rules(PHONES), "leader", hidden)).roles
    assert [one.name for one in role.holders] == [None]
    assert role.changes[0].rows == 3


async def test_a_role_that_goes_allows_nothing(world: World) -> None:
    roles = {name: role for name, role in policy().roles.items() if name != "legal"}
    (role,) = (await tried(world, replace(policy(), roles=roles))).roles
    assert role.role == "legal"
    assert not any(change.difference.gain for change in role.changes)
    assert {change.rows for change in role.changes if change.counted == "Customer"} == {3}


async def test_the_same_rules_in_another_order_change_nothing(world: World) -> None:
    assert (await tried(world, replace(policy(), rules=policy().rules[::-1]))).roles == []


async def test_too_many_are_said_to_be_cut(world: World, monkeypatch: Any) -> None:
    everyone = with_rules(Rule("everyone", "class:contact", "show", "all", "allow"))
    whole = await tried(world, everyone)
    assert not whole.cut
    monkeypatch.setattr(holders, "MOST_HOLDERS", 2)
    cut = await tried(world, everyone)
    assert cut.cut
    assert sum(len(one.holders) for one in cut.roles) == 2
    monkeypatch.undo()
    monkeypatch.setattr(service, "MOST_EXAMPLE_QUERIES", 1)
    assert (await tried(world, everyone)).cut
