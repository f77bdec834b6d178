"""ACC-3: whatever a mutation changes leaves a record under the mutation's name, without a sensitive value."""

from __future__ import annotations

import sqlalchemy as sa

from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.audit.service import Audit
from core.audit.verifying.service import verify
from tests.e2e.acts import ACTS
from tests.e2e.company import Company
from tests.e2e.test_mutations import caller, prepare

PHONE = "13912345678"


async def test_a_change_of_a_phone(company: Company) -> None:
    given = {"id": company.id("wang"), "phone": PHONE, "region": "上海"}
    assert (await company.act("leader", "updateCustomer", given))["__typename"] == "UpdateCustomerPayload"
    async with company.app.database.unit_of_work() as work:
        wanted = sa.select(AuditRecord).where(AuditRecord.operation == "updateCustomer")
        record = (await work.session.scalars(wanted)).one()
    assert (record.kind, record.about, record.role) == (AuditKind.WRITE, "Customer", "leader")
    assert record.fields == ["Customer.phone", "Customer.region"]
    assert PHONE not in repr((record.before, record.after))
    assert record.after["region"] == "上海"
    assert record.before["phone"] != record.after["phone"]


async def test_every_mutation_is_recorded(company: Company) -> None:
    await prepare(company)
    for name, act in ACTS.items():
        await company.act(caller(act.who), name, act.given(company), act.shown)
    database = company.app.database
    async with database.unit_of_work() as work:
        named = set(await work.session.scalars(sa.select(AuditRecord.operation)))
    assert set(ACTS) - named == set()
    await database.services[Audit].tick()
    assert not (await verify(database)).findings
