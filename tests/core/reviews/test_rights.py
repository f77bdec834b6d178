"""Which rules are looked over, and by which records their use is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.circumstances import EMERGENCY
from core.access.plan import Catalogue
from core.access.relations import Relations
from core.access.rules import EXPORT, Rule
from core.audit.choices import AuditKind
from core.clock import UTC
from core.customers.models import CustomerMember
from core.jobs.declare import Context
from core.models import CORE_MODELS
from core.permissions import CORE_PERMISSIONS
from core.reviews.acts import ACTS, Done, done_by
from core.reviews.jobs import open_reviews
from core.reviews.models import AccessReview
from core.reviews.opening import Period
from core.reviews.rights import Right, fields_of, rights_of
from core.reviews.usage import BARE, Shape, usage_of
from core.services import Services
from core.settings import Settings
from tests.core.policies.company import open_office
from tests.core.reviews.planted import Planted, plant
from tests.core.world import World, catalogue, policy

AT = dt.datetime(2026, 9, 1, tzinfo=UTC)
PERIOD = (AT, AT + dt.timedelta(days=1))


def right(relation: str, *, act: str = "show", done: Done | None = None) -> Right:
    rule = Rule("salesperson", "class:contact", act, relation, "allow")
    known = done or Done(fields=frozenset({"Customer.phone"}))
    return Right(rule, frozenset({"salesperson"}), known)


def test_every_act_of_the_core_is_known() -> None:
    assert ACTS.keys() == {(one.type, one.act) for one in CORE_PERMISSIONS if one.act != EXPORT}
    assert done_by("Wish", "grant") == Done(about="Wish")


def test_only_what_allows_something_sensitive_is_looked_over() -> None:
    found = [one.rule for one in rights_of(policy(), fields_of(catalogue()), ["auditor", "salesperson"])]
    assert Rule("salesperson", "class:contact", "show", "own", "allow") in found
    assert Rule("everyone", "type:Employee", "show", "own", "allow") in found
    assert Rule("auditor", "type:Employee", "explain", "all", "allow") in found
    assert {one.effect for one in found} == {"allow"}
    assert not {one.act for one in found} & {"read", "mask"}
    assert not {one.object for one in found} & {"class:internal", "class:audit", "class:public"}
    assert found == sorted(found)


def test_inherited_rights_reach_the_roles_below() -> None:
    found = {
        one.rule: one.roles
        for one in rights_of(policy(), fields_of(catalogue()), ["account_manager", "legal"])
    }
    assert found[Rule("salesperson", "class:contact", "show", "own", "allow")] == {
        "account_manager",
        "salesperson",
    }
    assert found[Rule("everyone", "type:Employee", "show", "own", "allow")] >= {"account_manager", "legal"}


def test_fields_are_known_without_a_schema() -> None:
    found = fields_of(Catalogue(Relations(CORE_MODELS), {}))
    assert (found["Customer", "phone"], found["Purchase", "amount"]) == ("contact", "commercial")
    assert found["Customer", "owner"] == "internal"


@pytest.mark.parametrize(
    ("relation", "cell", "emergency", "used"),
    [
        ("own", 1, False, True),
        ("own", 6, False, False),
        ("team", 2, False, True),
        ("department", 4, False, True),
        ("department", BARE, False, True),
        ("all", 0, False, True),
        (EMERGENCY, 1, False, False),
        (EMERGENCY, 0, True, True),
    ],
)
def test_a_record_uses_a_rule_of_its_relation(
    relation: str, cell: int, *, emergency: bool, used: bool
) -> None:
    shape = Shape.of(("salesperson+legal", "READING", "Phones", None, '["Customer.phone"]', emergency, cell))
    assert shape.uses(right(relation)) is used


@pytest.mark.parametrize(
    "row",
    [
        ("legal", "READING", None, None, '["Customer.phone"]', 0, 1),  # another role
        ("salesperson", "WRITING", None, None, '["Customer.phone"]', 0, 1),
        ("salesperson", "READING", None, None, '["Customer.email"]', 0, 1),
        ("salesperson", "READING", None, None, None, 0, 1),  # erased
        (None, "READING", None, None, '["Customer.phone"]', 0, 1),
    ],
)
def test_other_records_do_not(row: tuple[Any, ...]) -> None:
    assert not Shape.of(row).uses(right("own"))


def test_acts_are_known_by_operation_field_or_type() -> None:
    for done, operation, about, fields in (
        (Done(operations=frozenset({"updateCustomer"})), "updateCustomer", None, None),
        (Done(fields=frozenset({"Customer.owner"})), "updateCustomer", None, '["Customer.owner"]'),
        (Done(about="Wish"), "wishes", "Wish", None),
    ):
        row = ("salesperson", "WRITING", operation, about, fields, 0, 1)
        assert Shape.of(row).uses(right("own", act="update", done=done))
        assert not Shape.of(row).uses(right("own", act="update", done=Done(operations=frozenset({"x"}))))


def test_an_export_is_a_reading_too_and_a_reading_no_export() -> None:
    rules = [Rule("leader", "type:Customer", EXPORT, "all", "allow")]
    (exporting,) = rights_of(replace(policy(), rules=tuple(rules)), fields_of(catalogue()), ["leader"])
    for sort, used in (("EXPORT", True), ("READING", False), ("WRITING", False)):
        shape = Shape.of(("leader", sort, None, None, '["Customer.phone"]', 0, 0))
        assert shape.uses(exporting) is used
        shape = Shape.of(("salesperson", sort, None, None, '["Customer.phone"]', 0, 1))
        assert shape.uses(right("own")) is (sort != "WRITING")


async def test_usage_tells_relations_apart(world: World) -> None:
    """Own, team and department, and readings in two roles; each customer once."""
    wang, li, zhao = (world.customers[name] for name in ("wang", "li", "zhao"))
    seller, east = world.employees["salesperson"], world.departments["east"]
    async with world.database.unit_of_work() as work:
        work.session.add(CustomerMember(id=work.ids.new(), customer_id=li, employee_id=seller))
        await plant(
            work,
            [
                Planted(AT, seller, east, customers=(wang, li), calls=2),
                Planted(AT, seller, east, customers=(wang,)),
                Planted(AT, seller, east, customers=(zhao,), role="legal"),
                Planted(AT, seller, east, AuditKind.REFUSAL),
                Planted(PERIOD[1], seller, east, customers=(wang,)),
                Planted(AT, seller, east, calls=7),  # of no customer
            ],
        )
        usage = await usage_of(work, seller, PERIOD, [east, world.departments["harbour"]])
        found = {}
        for relation in ("own", "team", "department", "all"):
            use = usage.of(right(relation))
            found[relation] = (use.readings, use.customers, use.last_at)
    assert found == {
        "own": (10, {wang}, AT),
        "team": (9, {li}, AT),
        "department": (10, {wang}, AT),
        "all": (10, {wang, li}, AT),
    }


def test_periods_are_whole_months() -> None:
    for day, months, first, last in (
        (dt.date(2026, 1, 1), 3, dt.date(2025, 10, 1), dt.date(2025, 12, 31)),
        (dt.date(2026, 3, 5), 1, dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        (dt.date(2027, 1, 1), 12, dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    ):
        period = Period.before(day, months)
        assert (period.first, period.last) == (first, last)


async def opened(world: World, months: int) -> int:
    """How many reviews there are after the job ran by the clock, on 2 November."""
    services = Services()
    services.add(Settings(env="development", _env_file=None, review_months=months))
    payload: Any = {}
    while payload is not None:
        async with world.database.unit_of_work() as work:
            payload = await open_reviews(Context(work, world.operator(), services), payload)
    async with world.database.unit_of_work() as work:
        return len((await work.session.scalars(sa.select(AccessReview.id))).all())


async def test_reviews_are_opened_in_their_months_once_there_are_policies(world: World) -> None:
    assert await opened(world, 2) == 0  # no policies yet
    await open_office(world)
    assert await opened(world, 0) == 0
    assert await opened(world, 3) == 0
    assert await opened(world, 2) == 2
    assert await opened(world, 2) == 2
    async with world.database.unit_of_work() as work:
        rows = (await work.session.scalars(sa.select(AccessReview))).all()
    assert {row.period_from for row in rows} == {dt.date(2026, 9, 1)}
