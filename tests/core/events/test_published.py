"""What the core tells, in the transaction of what happened; ids and names of fields only."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from core.activities.choices import ActivityKind
from core.activities.service import ActivityService
from core.cases.choices import Outcome
from core.cases.service import CaseService
from core.customers.choices import CustomerKind, InteractionKind
from core.customers.events import CustomerCreated, PurchaseRecorded
from core.customers.importing import telling
from core.customers.importing.faults import Faults
from core.customers.importing.layouts import LAYOUTS
from core.customers.importing.lines import open_text
from core.customers.importing.service import PurchaseFile, import_purchases
from core.customers.service import CustomerService
from core.errors import InvalidInput
from core.tiers.choices import AssignmentKind
from core.tiers.ready import ensure_ready_made
from core.tiers.rules import Conditions, Thresholds
from core.tiers.service import TierService
from tests.core.events.listening import heard, listen
from tests.core.jobs.works import SHANGHAI
from tests.core.policies.company import SHOW_LEGAL, open_office
from tests.core.world import World, policy
from tests.databases import NOW

DAY = dt.timedelta(days=1)
BOUGHT = {"at": NOW, "amount_minor": 1, "currency": "CNY"}
RULE = Thresholds(
    365, "CNY", (("high", Conditions(90, 1)), ("core", Conditions(180, 1)), ("ordinary", Conditions()))
)


async def customers(world: World, name: str, *args: Any, **more: Any) -> Any:
    async with world.database.unit_of_work() as work:
        return await getattr(CustomerService(work, world.operator(), "CNY"), name)(*args, **more)


async def test_customers(world: World) -> None:
    listen(world.database)
    made = await customers(world, "create", {"name": "Zhou", "kind": CustomerKind.PERSON})
    await customers(world, "update", made.id, {"phone": "13800000000", "preferred_channel": None})
    await customers(world, "set_team", made.id, [world.employees["salesperson"]])
    bought = await customers(world, "record_purchase", made.id, BOUGHT)
    met = await customers(world, "record_interaction", made.id, {"kind": InteractionKind.VISIT})
    likes = await customers(world, "set_preference", made.id, {"topic": "tea", "value": "green"})
    await customers(world, "set_preference", made.id, {"topic": "tea", "value": "black"})
    await customers(world, "set_preference", made.id, {"topic": "tea", "value": None})
    await customers(world, "set_preference", made.id, {"topic": "coffee", "value": None})  # nothing happens
    mine = {"customer_id": str(made.id)}
    assert await heard(world.database) == [
        ("customer.created", mine),
        ("customer.updated", mine | {"fields": ["phone", "preferredChannel"]}),
        ("customer.updated", mine | {"fields": ["team"]}),
        ("purchase.recorded", mine | {"purchase_id": str(bought.id)}),
        ("interaction.recorded", mine | {"interaction_id": str(met.id)}),
        *[("preference.set", mine | {"preference_id": str(likes.id)})] * 3,
    ]


async def test_what_was_refused_is_not_told(world: World) -> None:
    listen(world.database)
    with pytest.raises(InvalidInput):
        await customers(world, "record_purchase", world.customers["wang"], BOUGHT | {"at": NOW + DAY})
    assert await heard(world.database) == []


async def test_activities(world: World) -> None:
    listen(world.database)
    wang = world.customers["wang"]
    async with world.database.unit_of_work() as work:
        service = ActivityService(work, world.operator())
        values = {"title": "Tea", "kind": next(iter(ActivityKind)), "starts_at": NOW}
        activity = await service.create_activity(values)
        row = await service.register_participation(activity.id, wang, {})
    keys = {"participation_id": str(row.id), "customer_id": str(wang), "activity_id": str(activity.id)}
    assert await heard(world.database) == [("participation.recorded", keys)]


async def test_employees(world: World) -> None:
    listen(world.database)
    key = world.employees["salesperson"]
    async with world.database.unit_of_work() as work:
        service = CaseService(work, world.viewer("leader"), policy())
        case = await service.suspend(key, "sold addresses")
        second = CaseService(work, world.viewer("administrator"), policy())
        await second.decide(case.id, Outcome.PENALTY, "proven", "a month without access")
        await service.restore(key)
        await service.restore(key)
    told = {"employee_id": str(key)}
    mine = told | {"case_id": str(case.id)}
    assert await heard(world.database) == [
        ("employee.suspended", told),
        ("case.opened", mine),
        ("case.closed", mine | {"outcome": "PENALTY"}),
        ("employee.restored", told),
    ]


async def test_tiers(world: World) -> None:
    listen(world.database)
    wang = world.customers["wang"]
    await customers(world, "record_purchase", wang, BOUGHT)
    await heard(world.database)
    async with world.database.unit_of_work() as work:
        service = TierService(work, world.operator())
        scheme = await ensure_ready_made(work)
        tiers = {tier.code: tier.id for tier in await service._tiers(scheme.id)}
        await service.set_thresholds(scheme.id, RULE)
        await service.regrade(scheme.id)
        await service.regrade(scheme.id)
    told = await heard(world.database)
    assert {name for name, _ in told} == {"tier.changed"}
    assert {one["customer_id"]: one["tier_id"] for _, one in told} == {
        str(key): str(tiers["high" if key == wang else "ordinary"]) for key in world.customers.values()
    }
    async with world.database.unit_of_work() as work:
        service = TierService(work, world.operator())
        row = await service.set_manual_tier(wang, tiers["core"], "known", NOW + DAY)
        assert row.kind is AssignmentKind.MANUAL
    [(_, one)] = await heard(world.database)
    assert one == {
        "assignment_id": str(row.id),
        "customer_id": str(wang),
        "scheme_id": str(scheme.id),
        "tier_id": str(tiers["core"]),
    }


async def test_policies(world: World) -> None:
    listen(world.database)
    office = await open_office(world)
    version = await office.pass_through(SHOW_LEGAL)
    told = {"version_id": str(version.id), "number": 2}
    assert await heard(world.database) == [("policies.changed", told)]


@pytest.mark.parametrize("together", [1, 1_000])
async def test_an_import_tells_of_what_is_new(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(telling, "TOGETHER", together)
    listen(world.database, CustomerCreated, PurchaseRecorded)
    path = tmp_path / "p.csv"
    lines = ["customer_number,date,amount", "wang,2026-01-02,1", "N1,2026-01-02,2", "N1,2026-01-02,2"]

    async def load(*more: str, dry_run: bool = False) -> list[str]:
        path.write_text("\n".join([*lines, *more]), encoding="utf-8")
        what = PurchaseFile(open_text(path), LAYOUTS["csv"], SHANGHAI, "CNY", "CNY", dry_run)
        with Faults() as faults:
            await import_purchases(world.database, world.operator(), what, faults)
        return sorted(name for name, _ in await heard(world.database))

    assert await load(dry_run=True) == []
    assert await load("N1,2026-01-02,x") == []
    assert await load() == ["customer.created"] + ["purchase.recorded"] * 3
    assert await load("N2,2026-01-02,1") == ["customer.created", "purchase.recorded"]
    assert await load("N2,2026-01-02,1") == []
