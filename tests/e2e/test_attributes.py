"""Access by attribute, the whole way: qualifications, consents, breaking the glass (ACC-6, BEY-8, CUS-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from core.access.purposes import Purpose
from core.audit.choices import AuditKind
from core.audit.models import AuditRecord
from core.audit.service import Audit
from core.clock import HeldClock
from tests.e2e.acts import WHY
from tests.e2e.company import Company

PHONE = "query Phone { customers { nodes { name phone } } }"
EXPLAIN = """query ($row: ID) {
  explainAccess(type: "Customer", field: "phone", row: $row) {
    roles { decisions { outcome decidedBy { line } missing { circumstances { name remedy } remove } } }
  }
}"""
TRAINED = "p, everyone, class:contact, show, without-training, deny"
CONSENTED = "p, everyone, class:contact, show, without-consent, deny"
MASKED = "*******8001"
SHOWN = "13800138001"


async def phone(company: Company, who: str, **headers: str) -> str:
    answer = await company.post({"query": PHONE}, company.token(who), **headers)
    nodes = answer.json()["data"]["customers"]["nodes"]
    return str(next(node["phone"] for node in nodes if node["name"] == "wang"))


async def add_line(company: Company, line: str) -> None:
    given = {"reason": "as the law says", "add": [line]}
    made = await company.act("administrator", "proposePolicyChange", given, "change { id }")
    change = {"id": made["change"]["id"]}
    await company.act("leader", "approvePolicyChange", change)
    applied = await company.act("administrator", "applyPolicyChange", change)
    assert applied["__typename"] == "ApplyPolicyChangePayload"


async def explained(company: Company, who: str) -> Any:
    row = {"row": company.id("wang")}
    (role,) = (await company.ask(who, EXPLAIN, row))["explainAccess"]["roles"]
    (decision,) = role["decisions"]
    return decision


def advance(company: Company, by: dt.timedelta) -> None:
    clock = company.app.database.clock
    assert isinstance(clock, HeldClock)
    clock.advance(by)


async def test_a_training_opens_what_a_rule_asks_it_for(company: Company) -> None:
    """ACC-6: masked without it, explained, shown at once with it, masked again twelve months later."""
    assert await phone(company, "salesperson") == SHOWN
    await add_line(company, TRAINED)
    assert await phone(company, "salesperson") == MASKED
    found = await explained(company, "salesperson")
    assert found["outcome"] == "MASK"
    assert TRAINED in [rule["line"] for rule in found["decidedBy"]]
    (lacking,) = found["missing"]["circumstances"]
    assert (lacking["name"], "training" in lacking["remedy"]) == ("without-training", True)
    given = {"employeeId": company.id("salesperson"), "kind": "TRAINING", "obtainedOn": "2026-11-02"}
    done = await company.act("administrator", "recordQualification", given, "qualification { id }")
    assert await phone(company, "salesperson") == SHOWN
    assert await phone(company, "marketing_manager") == MASKED
    assert (await explained(company, "salesperson"))["outcome"] == "SHOW"
    revoked = {"id": done["qualification"]["id"], "reason": "did not attend"}
    await company.act("administrator", "revokeQualification", revoked)
    assert await phone(company, "salesperson") == MASKED
    await company.act("administrator", "recordQualification", given)
    assert await phone(company, "salesperson") == SHOWN
    advance(company, dt.timedelta(days=366))
    assert await phone(company, "salesperson") == MASKED


async def test_everybody_sees_their_own_qualifications(company: Company) -> None:
    """Of others who keeps the organisation, and who audits, without what was noted."""
    query = '{ employees(where: {name: {eq: "legal"}}) { nodes { qualifications { nodes { kind note } } } } }'
    may = ("legal", "administrator", "leader", "auditor")
    for who in (*may, "finance"):
        (one,) = (await company.ask(who, query))["employees"]["nodes"]
        kinds = [node["kind"] for node in one["qualifications"]["nodes"]]
        assert kinds == (["AGREEMENT"] if who in may else []), who


async def test_consents_are_found_by_filters_and_by_rules(company: Company) -> None:
    """CUS-4: who agreed to be invited; for whom a purpose was declared, the others are masked."""
    agreed = "{purpose: {eq: INVITATION}, withdrawnAt: {isNull: true}}"
    query = f"{{ customers(where: {{consents: {{some: {agreed}}}}}) {{ nodes {{ name }} }} }}"

    async def invited() -> list[str]:
        return [node["name"] for node in (await company.ask("salesperson", query))["customers"]["nodes"]]

    await add_line(company, CONSENTED)
    purpose = {"baoke_purpose": Purpose.INVITATION.name}
    assert await invited() == []
    assert await phone(company, "salesperson", **purpose) == MASKED
    given = {"customerId": company.id("wang"), "purpose": "INVITATION", "channel": "WECHAT"}
    made = await company.act("salesperson", "recordConsent", given, "consent { id }")
    assert await invited() == ["wang"]
    assert await phone(company, "salesperson", **purpose) == SHOWN
    await company.act("salesperson", "withdrawConsent", made["consent"])
    assert await invited() == []
    assert await phone(company, "salesperson", **purpose) == MASKED
    assert await phone(company, "salesperson", baoke_purpose="CARE") == SHOWN


async def test_a_broken_glass_counts_in_the_role_that_broke_it(company: Company) -> None:
    """BEY-8: whoever reviews it judges by that role; another role has rules for emergencies, too."""
    who, other = "customer_service", "account_manager"
    await company.act("administrator", "updateEmployee", {"id": company.id(who), "roles": [who, other]})
    await company.act(who, "breakGlass", {"reason": WHY, "minutes": 30})
    seen = {}
    for role in (who, other):
        token = company.token(who, role)
        nodes = (await company.post({"query": PHONE}, token)).json()["data"]["customers"]["nodes"]
        seen[role] = next(node["phone"] for node in nodes if node["name"] == "wang")
    assert seen == {who: SHOWN, other: MASKED}
    assert (await explained(company, who))["outcome"] == "SHOW"
    whom = f'row: $row, role: "{other}", employee: "{company.id(who)}"'
    query, row = EXPLAIN.replace("row: $row", whom), {"row": company.id("wang")}
    (found,) = (await company.ask("leader", query, row))["explainAccess"]["roles"]
    assert [one["outcome"] for one in found["decisions"]] == ["MASK"]


async def test_breaking_the_glass_shows_and_is_recorded(company: Company) -> None:
    """BEY-8: for minutes, three times a day, told to auditors, reviewed by one of them."""
    who, given = "customer_service", {"reason": WHY, "minutes": 30}
    assert await phone(company, who) == MASKED
    made = await company.act(who, "breakGlass", given, "emergency { id }")
    assert await phone(company, who) == SHOWN
    twice = await company.act(who, "breakGlass", given)
    assert (twice["__typename"], twice["field"]) == ("ConflictError", None)
    advance(company, dt.timedelta(minutes=30))
    assert await phone(company, who) == MASKED
    for _ in range(2):
        again = await company.act(who, "breakGlass", given, "emergency { id }")
        assert await phone(company, who) == SHOWN
        await company.act(who, "endEmergency", again["emergency"])
        assert await phone(company, who) == MASKED
    most = await company.act(who, "breakGlass", given)
    assert (most["__typename"], most["code"]) == ("TooManyEmergenciesError", "TOO_MANY_EMERGENCIES")
    waiting = "{ emergencies(where: {reviewedAt: {isNull: true}}) { nodes { reason employee { name } } } }"
    found = (await company.ask("auditor", waiting))["emergencies"]["nodes"]
    mine = [one for one in found if one["employee"]["name"] == who]
    assert [one["reason"] for one in mine] == [WHY] * 3
    review = {**made["emergency"], "finding": "justified"}
    assert (await company.act("auditor", "reviewEmergency", review))["__typename"] == "ReviewEmergencyPayload"
    assert len((await company.ask(who, waiting))["emergencies"]["nodes"]) == 2
    await company.app.database.services[Audit].flush()
    async with company.app.database.unit_of_work() as work:
        employee = AuditRecord.employee_id == company.world.employees[who]
        rows = (await work.session.scalars(sa.select(AuditRecord).where(employee))).all()
    kinds = [row.kind for row in rows]
    assert kinds.count(AuditKind.EMERGENCY) == 5
    unmasked = [row for row in rows if row.kind is AuditKind.UNMASK]
    assert [(row.fields, row.operation) for row in unmasked] == [(["Customer.phone"], "Phone")] * 3
    assert all(row.emergency_id is not None for row in unmasked)
