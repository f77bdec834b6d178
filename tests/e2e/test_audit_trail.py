"""What the audit holds after requests over HTTP: readings, writings, refusals, sign-ins (ACC-3, BEY-10)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.models import AuditedCustomer, AuditRecord
from core.audit.service import Audit
from tests.e2e.company import Company

PHONE = "query Look($id: ID!) { customer(id: $id) { name phone purchases { nodes { amount { minor } } } } }"


async def trail(company: Company, *kinds: AuditKind) -> list[dict[str, Any]]:
    """What employees did of these kinds, the oldest first, each with the customers that it names."""
    await company.app.database.services[Audit].flush()
    async with company.app.database.unit_of_work() as work:
        rows = await work.session.scalars(
            sa.select(AuditRecord)
            .where(AuditRecord.kind.in_(kinds), AuditRecord.employee_id.is_not(None))
            .order_by(AuditRecord.id)
        )
        named = await work.session.execute(sa.select(AuditedCustomer.record_id, AuditedCustomer.customer_id))
        customers: dict[Any, set[Any]] = {}
        for record, customer in named:
            customers.setdefault(record, set()).add(customer)
        return [{**vars(row), "customers": customers.get(row.id, set())} for row in rows]


async def test_a_reading_names_who_what_whom_and_how(company: Company) -> None:
    for _ in range(3):
        await company.ask("salesperson", PHONE, {"id": company.id("wang")})
    (record,) = await trail(company, AuditKind.READ)
    assert record["employee_id"] == company.world.employees["salesperson"]
    assert record["department_id"] == company.world.departments["east"]
    assert (record["subject"], record["role"], record["operation"]) == ("salesperson", "salesperson", "Look")
    assert set(record["fields"]) == {"Customer.phone", "Purchase.amount"}
    assert record["customers"] == {company.world.customers["wang"]}
    assert (record["calls"], record["customer_count"], record["purpose"]) == (3, 1, None)


async def test_the_declared_purpose_is_in_it(company: Company) -> None:
    token = company.token("salesperson")
    await company.post(
        {"query": PHONE, "variables": {"id": company.id("wang")}}, token, Baoke_Purpose="SERVICE"
    )
    (record,) = await trail(company, AuditKind.READ)
    assert record["purpose"].name == "SERVICE"


async def test_what_is_masked_is_not_in_it(company: Company) -> None:
    await company.ask("customer_service", "{ customers { nodes { name phone } } }")
    assert not await trail(company, AuditKind.READ)


async def test_a_payload_is_a_reading_and_its_values_are_nowhere(company: Company) -> None:
    given = {"id": company.id("wang"), "phone": "13900139000", "region": "north"}
    await company.act("salesperson", "updateCustomer", given, "customer { phone }")
    (read,) = await trail(company, AuditKind.READ)
    assert (read["fields"], read["customers"]) == (["Customer.phone"], {company.world.customers["wang"]})
    (wrote,) = await trail(company, AuditKind.WRITE)
    assert (wrote["operation"], wrote["about"], wrote["row_id"]) == (
        "updateCustomer",
        "Customer",
        company.world.customers["wang"],
    )
    assert wrote["after"]["region"] == "north"
    assert "13900139000" not in repr(wrote)


async def test_names_that_clients_make_up_do_not_fill_it(company: Company) -> None:
    name = "A" * 50_000
    await company.ask("salesperson", f"query {name} {{ customers(scope: OWN) {{ nodes {{ phone }} }} }}")
    await company.refused(
        "finance", f"{{ {name}: customers(orderBy: [{{birthday: ASC}}]) {{ nodes {{ id }} }} }}"
    )
    (read,) = await trail(company, AuditKind.READ)
    (refused,) = await trail(company, AuditKind.REFUSAL)
    assert read["operation"] == "A" * 200
    assert refused["fields"][0].endswith("A.orderBy.birthday")
    assert len(refused["fields"][0]) < 250


async def test_a_refusal_is_in_it_and_a_mistake_is_not(company: Company) -> None:
    await company.refused("finance", "query Hunt { customers(orderBy: [{birthday: ASC}]) { nodes { id } } }")
    await company.refused("finance", '{ customer(id: "x") { id } }')
    (record,) = await trail(company, AuditKind.REFUSAL)
    assert (record["operation"], record["about"]) == ("Hunt", "FORBIDDEN")
    assert record["fields"] == ["customers.orderBy.birthday"]


async def test_sign_ins_are_in_it(company: Company) -> None:
    for who in ("leader", "finance", "leader"):
        await company.ask(who, "{ me { name } }")
    subjects = [record["subject"] for record in await trail(company, AuditKind.SIGN_IN)]
    assert sorted(subjects) == ["finance", "leader"]


async def test_what_nobody_got_is_not_in_it(company: Company) -> None:
    """A customer who is not visible, and a mutation that was rolled back."""
    await company.ask("salesperson", PHONE, {"id": company.id("li")})
    await company.act("salesperson", "updateCustomer", {"id": company.id("wang"), "phone": "12"})
    assert not await trail(company, AuditKind.READ, AuditKind.WRITE)
