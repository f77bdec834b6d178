"""A change of the policies is tried before it counts, over HTTP on both databases (BEY-5)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.models import CORE_MODELS
from core.operations.models import RecordedOperation
from tests.e2e.company import Company

TRY = """query Try($change: ID, $add: [String!], $remove: [String!], $days: Int = 7, $examples: Int = 3) {
  policyImpact(change: $change, add: $add, remove: $remove, days: $days, examples: $examples) {
    base roles employees cut operationsTried
    totals { type act class gain roles employees rows }
    byRole { role title employees
      changes { type act class fields before after gain relations counted rows examples { id name }
        employees { id name rows } } }
    operations { role name text calls valid forbiddenBefore forbiddenAfter redactionsBefore redactionsAfter
      otherRows otherOrder }
  }
}"""
SERVICE_SEES_PHONES = "p, customer_service, field:Customer.phone, show, all, allow"
FINANCE_OWN_DEPARTMENT = {
    "add": ["p, finance, class:commercial, show, department, allow"],
    "remove": ["p, finance, class:commercial, show, all, allow"],
}
PHONES = "query Phones { customers { nodes { name phone } } }"


async def tried(company: Company, who: str, **given: Any) -> Any:
    return (await company.ask(who, TRY, given))["policyImpact"]


async def test_who_gains_what_on_how_many(company: Company) -> None:
    found = await tried(company, "leader", add=[SERVICE_SEES_PHONES])
    assert (found["roles"], found["employees"], found["cut"]) == (1, 1, False)
    total = {"type": "Customer", "act": "show", "class": "contact", "gain": True}
    assert found["totals"] == [{**total, "roles": ["customer_service"], "employees": 1, "rows": 3}]
    (role,) = found["byRole"]
    assert (role["role"], role["title"], role["employees"]) == ("customer_service", "customer service", 1)
    (change,) = role["changes"]
    assert (change["fields"], change["before"], change["after"]) == (["phone"], "MASK", "SHOW")
    assert (change["counted"], change["rows"]) == ("Customer", 3)
    assert sorted(example["name"] for example in change["examples"]) == ["li", "wang", "zhao"]
    who = {"id": company.id("customer_service"), "name": "customer_service", "rows": 3}
    assert change["employees"] == [who]


async def test_who_loses_what(company: Company) -> None:
    """Finance sits in the east: the customer of the west is lost."""
    found = await tried(company, "leader", **FINANCE_OWN_DEPARTMENT, examples=10)
    lost = {(one["type"], one["class"], one["gain"], one["rows"]) for one in found["totals"]}
    assert lost == {(name, "commercial", False, 1) for name in ("Customer", "Purchase", "TierAssignment")}
    changes = {one["type"]: one for one in found["byRole"][0]["changes"]}
    assert changes["Purchase"]["counted"] == "Customer"
    assert [one["name"] for one in changes["Customer"]["examples"]] == ["li"]
    assert "department" not in "".join(changes["Customer"]["relations"])


async def test_examples_are_rows_that_the_asker_may_see(company: Company) -> None:
    """An administrator sees no customers: the count, and no example."""
    found = await tried(company, "administrator", add=[SERVICE_SEES_PHONES])
    (change,) = found["byRole"][0]["changes"]
    assert (change["rows"], change["examples"]) == (3, [])


async def test_recorded_operations_that_would_be_answered_otherwise(company: Company) -> None:
    filtered = 'query Find { customers(where: {phone: {eq: "13800138001"}}) { totalCount } }'
    await company.ask("customer_service", PHONES)
    await company.ask("customer_service", PHONES)
    await company.refused("customer_service", filtered)
    await company.ask("customer_service", "query Names { customers { nodes { name } } }")
    await company.ask("leader", PHONES)
    await company.app.recorder.flush()
    found = await tried(company, "administrator", add=[SERVICE_SEES_PHONES])
    assert found["operationsTried"] == 3
    phones, find = found["operations"]
    assert (phones["role"], phones["name"], phones["calls"]) == ("customer_service", "Phones", 2)
    assert phones["redactionsBefore"][0]["path"] == ["customers", "nodes", "*", "phone"]
    assert phones["redactionsAfter"] == []
    assert phones["otherRows"] == []
    assert (find["forbiddenBefore"], find["forbiddenAfter"]) == ("customers.where.phone", None)
    assert "13800138001" not in find["text"]


async def test_a_proposed_change_is_tried_and_nothing_is_written(company: Company) -> None:
    done = await company.act(
        "administrator",
        "proposePolicyChange",
        {"reason": "calls", "add": [SERVICE_SEES_PHONES]},
        "change { id }",
    )
    await company.app.recorder.flush()

    async def everything() -> list[Any]:
        async with company.world.database.unit_of_work() as work:
            # But for the audit, which goes on by the clock, and tells of those who ask.
            tables = [model.__table__ for name, model in CORE_MODELS.items() if not name.startswith("Audit")]
            return [sorted(map(str, await work.session.execute(sa.select(table)))) for table in tables]

    before = await everything()
    found = await tried(company, "auditor", change=done["change"]["id"])
    assert found["totals"][0]["rows"] == 3
    assert await everything() == before
    assert (await company.ask("customer_service", PHONES))["customers"]["nodes"][0]["phone"].startswith("*")


async def test_others_may_not_try(company: Company) -> None:
    for who in ("salesperson", "finance", "marketing_manager"):
        assert (await company.refused(who, TRY, {"add": [SERVICE_SEES_PHONES]}))[0] == "FORBIDDEN"
        seen = await company.ask(who, "{ recordedOperations { totalCount } }")
        assert seen["recordedOperations"]["totalCount"] == 0


REFUSED: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "BAD_USER_INPUT", "change"),
    ({"change": "pch_" + "0" * 32, "add": []}, "BAD_USER_INPUT", "change"),
    ({"add": [SERVICE_SEES_PHONES], "days": 0}, "BAD_USER_INPUT", "days"),
    ({"add": [SERVICE_SEES_PHONES], "examples": 11}, "BAD_USER_INPUT", "examples"),
    (
        {"add": ["p, finance, class:secret, show, all, allow"]},
        "POLICY_REFUSED",
        "add[0]: unknown class secret",
    ),
    ({"remove": [SERVICE_SEES_PHONES]}, "POLICY_REFUSED", "remove[0]: no such line"),
)


async def test_what_can_not_be_tried(company: Company) -> None:
    for given, code, words in REFUSED:
        said = await company.whole("leader", TRY, given)
        (error,) = said["errors"]
        assert error["extensions"]["code"] == code
        assert words in error["message"]


async def test_a_change_that_is_not_there(company: Company) -> None:
    assert await tried(company, "leader", change="pch_" + "0" * 32) is None


async def test_recorded_operations_can_be_read(company: Company) -> None:
    await company.ask("finance", PHONES)
    await company.app.recorder.flush()
    text = """{ recordedOperations(where: {role: {eq: "finance"}}) {
      nodes { name kind text variables firstSeenAt days { nodes { day calls } } } } }"""
    (one,) = (await company.ask("auditor", text))["recordedOperations"]["nodes"]
    assert (one["name"], one["kind"], one["variables"]) == ("Phones", "QUERY", {})
    assert [day["calls"] for day in one["days"]["nodes"]] == [1]
    async with company.world.database.unit_of_work() as work:
        roles = await work.session.scalars(sa.select(RecordedOperation.role))
        assert "finance" in set(roles)
