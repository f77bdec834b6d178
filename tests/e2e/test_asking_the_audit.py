"""Who may ask the audit and its digests for what, over HTTP (ACC-3, BEY-10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from core.access.purposes import Purpose
from core.audit.choices import AuditKind
from core.audit.service import Audit
from core.clock import UTC
from core.organization.models import Employee
from core.reviews.models import AuditDigest
from tests.core.reviews.planted import Planted, plant
from tests.e2e.acts import WHY
from tests.e2e.company import Company
from tests.e2e.test_reviews import run

NAMES = ("account_manager", "salesperson", "salesperson_west", "auditor")
RECORDS = (
    '{ auditRecords(where: {operation: {eq: "planted"}}) { totalCount nodes { at employee { name } '
    "kind role purpose fields customerCount calls customers { nodes { customer { name } } } } } }"
)
LOOKED = (
    "query ($id: ID!) { customer(id: $id) { audit { nodes { record { operation employee { name } at } } } } }"
)
DIGESTS = "{ auditDigests { nodes { week readings employee { name } } } }"


def at(day: int) -> dt.datetime:
    """A day in the last week of October, in which NOW's week follows."""
    return dt.datetime(2026, 10, day, 4, tzinfo=UTC)


@pytest.fixture
async def planted(company: Company) -> Company:
    """Each of four read both customers, one after the other; the branch's head read nothing."""
    world = company.world
    both = (world.customers["wang"], world.customers["li"])
    async with world.database.unit_of_work() as work:
        for day, name in enumerate(NAMES, 26):
            department = world.departments["west" if name.endswith("_west") else "east"]
            role = name.removesuffix("_west")
            one = Planted(
                at(day), world.employees[name], department, customers=both, role=role, operation="planted"
            )
            await plant(work, [one])
    return company


async def seen(company: Company, who: str) -> list[str]:
    found = (await company.ask(who, RECORDS))["auditRecords"]
    names = [one["employee"]["name"] for one in found["nodes"]]
    assert found["totalCount"] == len(names)
    return names


async def test_everyone_sees_their_own_heads_their_departments_and_some_all(planted: Company) -> None:
    everybody = [*reversed(NAMES)]
    assert await seen(planted, "account_manager") == ["account_manager"]
    assert await seen(planted, "salesperson_west") == ["salesperson_west"]
    assert await seen(planted, "marketing_supervisor") == []
    assert await seen(planted, "administrator") == []
    assert await seen(planted, "marketing_manager") == ["auditor", "salesperson", "account_manager"]
    for who in ("auditor", "leader"):
        assert await seen(planted, who) == everybody


async def test_a_record_tells_what_was_read(planted: Company) -> None:
    found = (await planted.ask("account_manager", RECORDS))["auditRecords"]["nodes"]
    assert found == [
        {
            "at": "2026-10-26T04:00:00+00:00",
            "employee": {"name": "account_manager"},
            "kind": "READ",
            "role": "account_manager",
            "purpose": Purpose.CARE.name,
            "fields": ["Customer.phone"],
            "customerCount": 2,
            "calls": 1,
            # The other customer is none that an account manager of the east may see.
            "customers": {"nodes": [{"customer": {"name": "wang"}}, {"customer": None}]},
        }
    ]


WRITTEN = (
    "query ($where: AuditRecordWhere) { auditRecords(where: $where) "
    "{ nodes { kind about rowId emergency { reason employee { name } } } } }"
)


async def test_a_record_names_the_row_and_the_break_glass(company: Company) -> None:
    """BEY-8: by the ids that clients have; who may not see the break-glass is shown none."""
    who, key = "customer_service", company.id("wang")
    opened = await company.act(who, "breakGlass", {"reason": WHY, "minutes": 30}, "emergency { id }")
    await company.ask(who, "query Phone { customers { nodes { phone } } }")
    await company.act(who, "recordInteraction", {"customerId": key, "kind": "CALL"})
    await company.app.database.services[Audit].flush()
    mine = {"employee": {"name": {"eq": who}}, "kind": {"in": ["EMERGENCY", "UNMASK"]}}
    glass = {"reason": WHY, "employee": {"name": who}}
    found = (await company.ask("auditor", WRITTEN, {"where": mine}))["auditRecords"]["nodes"]
    assert found == [
        {"kind": "UNMASK", "about": None, "rowId": None, "emergency": glass},
        {"kind": "EMERGENCY", "about": "Emergency", "rowId": opened["emergency"]["id"], "emergency": None},
    ]
    head = (await company.ask("marketing_manager", WRITTEN, {"where": mine}))["auditRecords"]["nodes"]
    assert [(one["kind"], one["emergency"]) for one in head] == [("UNMASK", None), ("EMERGENCY", None)]
    await company.act("leader", "updateCustomer", {"id": key, "region": "x"})
    of_row, under = {"rowId": {"eq": key}}, {"emergency": {"id": {"eq": opened["emergency"]["id"]}}}
    rows = (await company.ask("leader", WRITTEN, {"where": of_row}))["auditRecords"]["nodes"]
    assert {(row["about"], row["rowId"], row["emergency"]) for row in rows} == {("Customer", key, None)}
    for where in (of_row, under):
        assert (await company.ask("auditor", WRITTEN, {"where": where}))["auditRecords"]["nodes"], where


async def test_who_looked_at_a_customer(planted: Company) -> None:
    for who, names in {
        "leader": [*reversed(NAMES)],
        "auditor": [*reversed(NAMES)],
        "marketing_manager": ["auditor", "salesperson", "account_manager"],
        "account_manager": ["account_manager"],
        "customer_service": [],
    }.items():
        found = await planted.ask(who, LOOKED, {"id": planted.id("wang")})
        records = [one["record"] for one in found["customer"]["audit"]["nodes"]]
        assert [one["employee"]["name"] for one in records if one["operation"] == "planted"] == names, who


async def test_filters(planted: Company) -> None:
    for where, names in (
        (
            '{kind: {in: [READ]}, at: {gte: "2026-10-27T00:00:00Z"}}',
            ["auditor", "salesperson_west", "salesperson"],
        ),
        ('{employee: {staffNumber: {eq: "salesperson"}}}', ["salesperson"]),
        ('{customers: {some: {customer: {name: {eq: "zhao"}}}}}', []),
        ('{customers: {some: {customer: {name: {eq: "li"}}}}, role: {eq: "auditor"}}', ["auditor"]),
        ("{kind: {eq: EXPORT}}", []),
        ("{purpose: {isNull: true}}", []),
    ):
        query = RECORDS.replace('where: {operation: {eq: "planted"}}', "where: {and: [%s, %s]}")
        found = await planted.ask("auditor", query % ('{operation: {eq: "planted"}}', where))
        assert [one["employee"]["name"] for one in found["auditRecords"]["nodes"]] == names, where


async def test_what_did_this_employee_look_at(planted: Company) -> None:
    query = (
        "query ($id: ID!) { employee(id: $id) { audit(where: {kind: {eq: READ}}) { nodes { operation } } "
        "auditDigests { nodes { week } } } }"
    )
    given = {"id": planted.id("salesperson")}
    for who, count in {"auditor": 1, "marketing_manager": 1, "salesperson": 1, "salesperson_west": 0}.items():
        nodes = (await planted.ask(who, query, given))["employee"]["audit"]["nodes"]
        assert [one["operation"] for one in nodes].count("planted") == count, who


async def test_digests_are_guarded_as_records_are(planted: Company) -> None:
    await run(planted, "core.digest")
    for who, names in {
        "salesperson": {"salesperson"},
        "marketing_manager": {"auditor", "salesperson", "account_manager"},
        "customer_service": set[str](),
        "leader": {*NAMES},
    }.items():
        nodes = (await planted.ask(who, DIGESTS))["auditDigests"]["nodes"]
        assert {one["employee"]["name"] for one in nodes} == names, who
        assert all(one["week"] == "2026-10-26" for one in nodes)
    some = "{ auditDigests(where: {flagged: {eq: true}}, orderBy: [{customers: DESC}]) { totalCount } }"
    assert (await planted.ask("auditor", some))["auditDigests"] == {"totalCount": 0}


async def test_nobody_is_told_of_records_by_other_doors(planted: Company) -> None:
    """PRM-7: neither by the id of a record, nor through a list, nor by counting."""
    nodes = (await planted.ask("leader", RECORDS.replace("at employee", "id employee")))["auditRecords"][
        "nodes"
    ]
    for one in nodes:
        found = await planted.ask(
            "customer_service", "query ($id: ID!) { node(id: $id) { id } }", {"id": one["id"]}
        )
        assert found == {"node": None}
    through = '{ employees(where: {audit: {some: {operation: {eq: "planted"}}}}) { totalCount } }'
    assert (await planted.ask("customer_service", through))["employees"] == {"totalCount": 0}
    assert (await planted.ask("leader", through))["employees"] == {"totalCount": 4}


async def test_leaving_is_told_and_kept(planted: Company) -> None:
    """The day of leaving is personal: the administrator sets it, colleagues don't see it."""
    given: dict[str, Any] = {"id": planted.id("salesperson"), "leavesOn": "2027-01-15"}
    said = await planted.act("administrator", "updateEmployee", given, "employee { leavesOn }")
    assert said["employee"] == {"leavesOn": "2027-01-15"}
    query = "query ($id: ID!) { employee(id: $id) { leavesOn } }"
    for who, day in {
        "legal": None,
        "auditor": None,
        "leader": "2027-01-15",
        "salesperson": "2027-01-15",
    }.items():
        assert await planted.ask(who, query, {"id": given["id"]}) == {"employee": {"leavesOn": day}}, who
    world = planted.world
    both = (world.customers["wang"],)
    export = Planted(
        at(30), world.employees["salesperson"], world.departments["east"], AuditKind.EXPORT, both
    )
    async with world.database.unit_of_work() as work:
        await plant(work, [export])
    await run(planted, "core.digest")
    async with world.database.unit_of_work() as work:
        flags = await work.session.scalar(
            sa.select(AuditDigest.flags).join(Employee).where(Employee.name == "salesperson")
        )
    assert flags == []  # more than 60 days before
    await planted.act("administrator", "updateEmployee", {**given, "leavesOn": "2026-11-30"})
    await run(planted, "core.digest")
    found = await planted.ask(
        "auditor", "{ auditDigests(where: {flagged: {eq: true}}) { nodes { flags employee { name } } } }"
    )
    nodes = [{"flags": ["EXPORT_BEFORE_LEAVING"], "employee": {"name": "salesperson"}}]
    assert found["auditDigests"]["nodes"] == nodes
