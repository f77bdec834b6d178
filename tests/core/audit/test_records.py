"""ACC-3: every write leaves a record with before and after, in its transaction, and nothing sensitive."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from core.access.changes import Changes
from core.audit.choices import AuditKind
from core.audit.records import Written, record
from core.audit.verifying.service import verify
from core.customers.choices import Collection, CustomerKind, InteractionKind, Source
from core.customers.records import Records
from core.customers.service import CustomerService
from core.db.database import Database, UnitOfWork
from core.organization.service import OrganizationService
from tests.core.audit.evidence import CUSTOMERS, process, rows
from tests.core.world import World, policy

PHONE = "13800000001"


@pytest.fixture(autouse=True)
async def recorded(world: World) -> AsyncIterator[None]:
    """Whatever is written here verifies, and holds no phone number."""
    world.database.services.add(Changes([Written()]))
    yield
    await process(world.database).tick()
    report = await verify(world.database)
    assert (report.findings, report.unlinked) == ([], 0)
    assert PHONE not in repr(await rows(world.database))


def customers(work: UnitOfWork, world: World, role: str = "salesperson") -> CustomerService:
    return CustomerService(work, world.viewer(role), "CNY")


async def only(database: Database) -> Mapping[str, Any]:
    (row,) = await rows(database)
    return row


async def test_a_change(world: World) -> None:
    key, database = world.customers["wang"], world.database
    async with database.unit_of_work() as work:
        work.operation = "updateCustomer"
        await customers(work, world).update(key, {"phone": PHONE, "region": "上海", "name": "wang"})
    row = await only(database)
    assert (row["kind"], row["operation"], row["about"]) == (AuditKind.WRITE, "updateCustomer", "Customer")
    assert (row["row_id"], row["customer_count"]) == (key, 1)
    assert row["fields"] == ["Customer.phone", "Customer.region"]
    assert row["before"] == {"phone": None, "region": None}
    assert row["after"]["region"] == "上海"
    assert len(row["after"]["phone"]) == 64
    assert [one["customer_id"] for one in await rows(database, CUSTOMERS)] == [key]


async def test_equal_values_have_different_digests(world: World) -> None:
    for name in ("wang", "zhao"):
        async with world.database.unit_of_work() as work:
            service = customers(work, world, "leader")
            await service.update(world.customers[name], {"phone": PHONE}, duplicate=True)
    digests = {row["after"]["phone"] for row in await rows(world.database)}
    assert len(digests) == 2


async def test_the_same_value_before_and_after_another_is_told(world: World) -> None:
    """Within a record equal values have equal digests: what was exchanged is seen, what it was is not."""
    key = world.customers["wang"]
    for given in (PHONE, "13800000002"):
        async with world.database.unit_of_work() as work:
            await customers(work, world).update(key, {"phone": given})
    second = (await rows(world.database))[1]
    assert second["before"]["phone"]
    assert second["before"] != second["after"]


async def test_what_changes_nothing(world: World) -> None:
    async with world.database.unit_of_work() as work:
        await customers(work, world).update(world.customers["wang"], {"name": "wang"})
    assert not await rows(world.database)


async def test_what_is_taken_back(world: World) -> None:
    async def fail() -> None:
        async with world.database.unit_of_work() as work:
            await customers(work, world).update(world.customers["wang"], {"region": "x"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with world.database.unit_of_work() as work:
        await customers(work, world).update(world.customers["wang"], {"region": "x"})
        await work.session.rollback()
    assert not await rows(world.database)


async def test_a_new_row(world: World) -> None:
    viewer = world.viewer("salesperson")
    async with world.database.unit_of_work() as work:
        values = {"kind": CustomerKind.PERSON, "name": "new", "phone": PHONE}
        row = await customers(work, world).create(values)
        values = {"kind": InteractionKind.CALL, "summary": f"rang {PHONE}"}
        made = await Records(work, viewer).record_interaction(row.id, values)
    first, second = sorted(await rows(world.database), key=lambda one: str(one["about"]))
    assert (first["about"], first["row_id"], first["before"]) == ("Customer", row.id, None)
    assert {"name", "phone", "spend", "owner"} & first["after"].keys()
    assert "Customer.phone" in first["fields"]
    assert (second["about"], second["row_id"], second["customer_count"]) == ("Interaction", made.id, 1)


async def test_the_team(world: World) -> None:
    key, who = world.customers["wang"], world.employees["leader"]
    for team in ([who], []):
        async with world.database.unit_of_work() as work:
            await customers(work, world, "marketing_manager").set_team(key, team)
    one, two = await rows(world.database)
    assert (one["before"], one["after"]) == ({"team": []}, {"team": [who.hex]})
    assert (two["before"], two["after"]) == ({"team": [who.hex]}, {"team": []})
    assert (one["about"], one["row_id"], one["fields"]) == ("Customer", key, ["Customer.team"])


async def test_a_preference_that_is_forgotten(world: World) -> None:
    key = world.customers["wang"]
    for value in ("tea", "coffee", None):
        async with world.database.unit_of_work() as work:
            service = Records(work, world.viewer("salesperson"))
            await service.set_preference(key, {"topic": "drink", "value": value})
    made, changed, gone = await rows(world.database)
    assert (made["before"], gone["after"]) == (None, None)
    assert changed["fields"] == ["Preference.value"]
    assert gone["before"]["topic"]
    assert {row["customer_count"] for row in (made, changed, gone)} == {1}


async def test_roles_are_policies(world: World) -> None:
    key = world.employees["salesperson"]
    async with world.database.unit_of_work() as work:
        service = OrganizationService(work, world.viewer("administrator"), policy())
        await service.update_employee(key, {"roles": ["account_manager"], "title": "new"})
    found = {row["kind"]: row for row in await rows(world.database)}
    row = found[AuditKind.POLICY]
    assert (row["about"], row["row_id"], row["fields"]) == ("Employee", key, ["Employee.roles"])
    assert (row["before"], row["after"]) == ({"roles": ["salesperson"]}, {"roles": ["account_manager"]})
    assert found[AuditKind.WRITE]["after"] == {"title": "new"}


async def test_a_command_leaves_one_record_for_each_type(world: World) -> None:
    async with world.database.unit_of_work() as work:
        work.operation = "fill"
        service = CustomerService(work, world.operator(), "CNY")
        for i in range(5):
            row = await service.create(
                {"kind": CustomerKind.PERSON, "name": f"N{i}", "phone": PHONE}, duplicate=True
            )
            await service.record_interaction(row.id, {"kind": InteractionKind.CALL})
    found = {row["about"]: row for row in await rows(world.database)}
    assert set(found) == {"Customer", "Interaction"}
    one = found["Customer"]
    assert (one["subject"], one["operation"], one["calls"], one["after"]) == (
        "operator",
        "fill",
        5,
        {"rows": 5},
    )
    assert (one["customer_count"], one["row_id"]) == (5, None)
    assert "Customer.phone" in one["fields"]


async def test_values_of_every_sort(world: World) -> None:
    now = dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)
    key = world.database.ids.new()
    async with world.database.unit_of_work() as work:
        after = {
            "a": now,
            "b": now.date(),
            "c": key,
            "d": Source.WEB,
            "e": {"x": (1, key)},
            "f": {Collection.STAFF},
        }
        await record(work, world.viewer("leader"), AuditKind.REVIEW, operation="x", after=after)
    assert (await only(world.database))["after"] == {
        "a": "2026-01-02T03:00:00.000000",
        "b": "2026-01-02",
        "c": key.hex,
        "d": "WEB",
        "e": {"x": [1, key.hex]},
        "f": ["STAFF"],
    }
