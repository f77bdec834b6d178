"""Counts of the dry run are those of looking at every row by itself, on both databases (BEY-5)."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access.cells import DEPARTMENT, OWN, TEAM
from core.access.plan import AccessPlan
from core.access.relations import Anchor
from core.access.rules import MASK, READ, SHOW, WRITE, Policy, Rule
from core.impact.counting import anchored
from core.impact.service import Impact, impact_of, plans_of
from schema.application import vocabulary
from tests.postgres import PostgresServer
from tests.schema.rows import Row, Rows
from tests.schema.world import World, departments_below, fill, policy_of

OBJECTS = (
    *(
        f"type:{name}"
        for name in ("Customer", "Purchase", "Employee", "Assessment", "Tier", "LoyaltyOfCustomer")
    ),
    *(f"class:{name}" for name in ("contact", "commercial", "internal")),
    "field:Customer.phone",
)
RULES = st.builds(
    Rule,
    st.sampled_from(("a", "b", "everyone")),
    st.sampled_from(OBJECTS),
    st.sampled_from((READ, READ, SHOW, MASK, WRITE, "update")),
    st.sampled_from(("own", "team", "department", "all")),
    st.sampled_from(("allow", "allow", "deny")),
)
SETS = st.lists(RULES, min_size=3, max_size=14)


def bits_of(world: World, name: str, row: Row, employee: Row) -> int:
    """The cell of a row of an anchored type, by looking at it."""
    anchor: Anchor = world.app.catalogue.relations.anchor(name)
    near = [d["id"] for d in departments_below(world.rows["Department"], employee["department_id"])]
    own = bool(anchor.own) and row[anchor.own or ""] == employee["id"]
    inside = bool(anchor.department) and row[anchor.department or ""] in near
    team = bool(anchor.team) and any(
        m["customer_id"] == row["id"] and m["employee_id"] == employee["id"]
        for m in world.rows["CustomerMember"]
    )
    return OWN * own + DEPARTMENT * inside + TEAM * team


def level(plan: AccessPlan, asked: tuple[str, str, str, str], cell: int) -> str:
    """What the plan says of one row: of its visibility, one field of it, writing it, or an act on it."""
    name, rows, act, field = asked
    if act == READ:
        return "SHOW" if cell in plan.rows(name) else "HIDE"
    if act == SHOW:
        return plan.effects(name, field)[cell] if cell in plan.rows(rows) else "HIDE"
    class_name = plan.catalogue.fields[name, field] if field else ""
    return "ALLOW" if cell in plan.cells(name, act, field, class_name) else "DENY"


Counts = Counter[tuple[str, UUID, str, str, str, str, str]]


def naive(world: World, before: Policy, after: Policy, holders: Sequence[tuple[Row, str]]) -> Counts:
    """(role, employee, type, act, field, before, after) to rows, each row by itself."""
    catalogue = world.app.catalogue
    relations = catalogue.relations
    acts = vocabulary(catalogue).acts
    asked = [(n, n, act, "") for n in relations.models for act in (READ, *(acts[n] - {READ}))]
    fields = [(k, c) for k, c in catalogue.fields.items() if c != "public"]
    asked += [(n, catalogue.row_type(n), act, f) for (n, f), _ in fields for act in (SHOW, WRITE)]
    found: Counts = Counter()
    cells = {
        (name, employee["id"]): Counter(bits_of(world, name, row, employee) for row in world.rows[name])
        for name in {anchored(relations, name) for name in relations.models}
        for employee, _ in holders
    }
    for employee, role in holders:
        plans = [AccessPlan(catalogue, p.rules_of((role,))) for p in (before, after)]
        for one in asked:
            for cell, rows in cells[anchored(relations, one[1]), employee["id"]].items():
                was, then = (level(plan, one, cell) for plan in plans)
                if was != then:
                    found[role, employee["id"], one[0], one[2], one[3], was, then] += rows
    return found


def counted(impact: Impact) -> Counts:
    """The same of the dry run; what concerns no row is left out."""
    found: Counts = Counter()
    for one in impact.roles:
        for change in one.changes:
            d = change.difference
            for who in change.concerned:
                for field in d.fields or ("",):
                    if who.rows:
                        found[one.role, who.holder.employee, d.type, d.act, field, d.before, d.after] += (
                            who.rows
                        )
    return found


def roles_of(rows: Rows) -> list[Row]:
    """Roles of everybody."""
    held = [(e["id"], role) for e in rows["Employee"] for role in "ab"]
    return [{"id": UUID(int=i + 1), "employee_id": e, "role": role} for i, (e, role) in enumerate(held)]


def roles_given(world: World) -> list[tuple[Row, str]]:
    """Every active employee with the roles `a` and `b`."""
    return [(e, role) for e in world.rows["Employee"] if e["suspended_at"] is None for role in "ab"]


@pytest.fixture(scope="module")
def fresh_roles(
    rows: Rows, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[World]:
    """A world in which everybody holds the roles `a` and `b`."""
    mine = {**rows, "EmployeeRole": roles_of(rows)}
    name = f"impact_{uuid.uuid4().hex}"  # noqa: TID251
    postgres.create_database(name)
    urls = {
        "sqlite": f"sqlite:///{tmp_path_factory.mktemp('impact') / 'rows.db'}",
        "postgres": postgres.dsn(name),
    }
    for url in urls.values():
        asyncio.run(fill(url, mine))
    made = World(urls, mine)
    yield made
    made.close()
    postgres.drop_database(name)


@settings(max_examples=25)
@given(before=SETS, after=SETS)
def test_counts_are_those_of_every_row_by_itself(fresh_roles: World, before: Any, after: Any) -> None:
    world = fresh_roles
    then, now = policy_of(after), policy_of(before)
    acts = vocabulary(world.app.catalogue).acts
    expected = naive(world, now, then, roles_given(world))
    for app in world.apps.values():
        plans = world.run(plans_of(app.catalogue, now, then))
        impact = world.run(impact_of(app.database, world.viewer(("leader",)), acts, plans, 2))
        assert counted(impact) == expected
        assert not impact.cut
