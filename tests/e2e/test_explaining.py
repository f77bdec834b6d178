"""Why can't I see this? (BEY-4): what redactions lead to, and what asking must not tell (PRM-7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.company import NOBODY, Company

EXPLAIN = """query Explain(
  $type: String!, $field: String, $act: String, $employee: ID, $role: String, $row: ID
) {
  explainAccess(type: $type, field: $field, act: $act, employee: $employee, role: $role, row: $row) {
    type field class act
    roles {
      role title
      decisions {
        relation outcome reason because rowVisible
        decidedBy { line role object act relation effect place through }
        lost { rule { line } why because }
        missing { add remove }
      }
    }
    grantedBy { role acts employees { id name } }
  }
}"""
MATRIX = """query Matrix($type: String!, $employee: ID, $role: String) {
  accessMatrix(type: $type, employee: $employee, role: $role) {
    relations roles { role visible acts { act allowed } fields { field class outcomes writable } }
  }
}"""
ROLES = ("leader", "account_manager", "finance", "salesperson", "customer_service", "auditor")


async def explained(company: Company, who: str, type_: str = "Customer", **more: Any) -> Any:
    return (await company.ask(who, EXPLAIN, {"type": type_, **more}))["explainAccess"]


async def decision(company: Company, who: str, **more: Any) -> Any:
    """The only decision for the only role."""
    ((found,),) = (r["decisions"] for r in (await explained(company, who, **more))["roles"])
    return found


async def test_the_phone_of_one_customer(company: Company) -> None:
    """Shown, masked, hidden: by which rule, and what would change it."""
    row = company.id("wang")
    found = await decision(company, "leader", field="phone", row=row)
    assert (found["outcome"], found["missing"]) == ("SHOW", None)
    found = await decision(company, "account_manager", field="phone", row=row)
    assert (found["relation"], found["outcome"], found["reason"]) == ("department", "MASK", "RULE")
    (rule,) = found["decidedBy"]
    assert rule["line"] == "p, salesperson, class:contact, mask, department, allow"
    assert rule["through"] == ["account_manager", "salesperson"]
    assert {x["why"] for x in found["lost"]} == {"ELSEWHERE", "UNMET"}
    line = "p, account_manager, field:Customer.phone, show, department, allow"
    assert found["missing"] == {"add": [line], "remove": []}
    found = await decision(company, "finance", field="phone", row=row)
    assert (found["outcome"], found["reason"], found["decidedBy"]) == ("HIDE", "SILENCE", [])
    assert found["because"] == "hidden: no rule allows it"
    found = await decision(company, "auditor", field="phone", row=row)
    assert [rule["effect"] for rule in found["decidedBy"]] == ["deny"]
    assert found["missing"]["remove"] == ["p, auditor, class:contact, mask, all, deny"]


async def test_who_can_grant_is_told_by_role_and_name(company: Company) -> None:
    found = (await explained(company, "finance", field="phone"))["grantedBy"]
    by_role = {one["role"]: (one["acts"], [e["name"] for e in one["employees"]]) for one in found}
    assert by_role["administrator"] == (["propose", "approve"], ["administrator"])
    assert by_role["leader"] == (["approve"], ["leader"])


@pytest.mark.parametrize("who", ROLES)
async def test_every_redaction_leads_to_its_explanation(company: Company, who: str) -> None:
    """`type` and `field` are what to ask; relation by relation the answer is the same."""
    query = """{ customers { nodes { phone email birthday notes spend { amount } owner { phone title }
      purchases { nodes { at amount { amount } category } }
      preferences { nodes { topic value } } } } }"""
    told = (await company.whole(who, query)).get("extensions", {}).get("redactions", [])
    assert told or who == "leader"
    for one in told:
        found = await explained(company, who, one["type"], field=one["field"])
        assert found["class"] == one["class"]
        (role,) = found["roles"]
        outcomes = {d["relation"]: d["outcome"] for d in role["decisions"]}
        assert {relation: outcomes[relation] for relation in one["effect"]} == one["effect"]


async def test_the_matrix_says_what_explanations_say(company: Company) -> None:
    for who in ("account_manager", "finance"):
        matrix = (await company.ask(who, MATRIX, {"type": "Customer"}))["accessMatrix"]
        (role,) = matrix["roles"]
        for field in role["fields"]:
            (one,) = (await explained(company, who, field=field["field"]))["roles"]
            decisions = one["decisions"]
            assert [d["relation"] for d in decisions] == matrix["relations"]
            assert [d["outcome"] for d in decisions] == field["outcomes"]
            assert [d["rowVisible"] for d in decisions] == role["visible"]


async def test_about_others_only_who_may(company: Company) -> None:
    """FORBIDDEN whatever is asked, and whether it is there or not."""
    for employee in (company.id("leader"), f"emp_{NOBODY}", "nonsense"):
        for document in (EXPLAIN, MATRIX):
            given = {"type": "Customer", "employee": employee}
            assert await company.refused("salesperson", document, given) == ("FORBIDDEN", "employee")
    for role in ("leader", "emperor"):
        given = {"type": "Nonsense", "role": role}
        assert await company.refused("salesperson", EXPLAIN, given) == ("FORBIDDEN", "role")
    for who in ("leader", "administrator", "auditor"):
        found = await explained(company, who, employee=company.id("salesperson"))
        assert [role["role"] for role in found["roles"]] == ["salesperson"]
        matrix = await company.ask(who, MATRIX, {"type": "Purchase", "role": "finance"})
        assert [role["role"] for role in matrix["accessMatrix"]["roles"]] == ["finance"]


async def test_a_colleagues_customer_is_as_if_not_there(company: Company) -> None:
    """PRM-7: the whole answer is the same."""
    for field in ("phone", "spend", None):
        given = {"type": "Customer", "field": field}
        answers = [
            await company.whole("salesperson", EXPLAIN, {**given, "row": row})
            for row in (company.id("li"), f"cus_{NOBODY}")
        ]
        assert answers[0] == answers[1] == {"data": {"explainAccess": None}}
    for who in ("administrator", "salesperson_west"):
        other = {"employee": company.id(who)} if who == "administrator" else {}
        given = {"type": "Customer", "row": company.id("wang"), **other}
        assert (await company.whole(who, EXPLAIN, given))["data"] == {"explainAccess": None}


async def test_a_refusal_refuses_the_whole_request(company: Company) -> None:
    """Nothing of the other fields is told either."""
    query = '{ customers { nodes { name } } explainAccess(type: "Customer", role: "leader") { act } }'
    assert await company.refused("salesperson", query) == ("FORBIDDEN", "role")
    query = '{ explainAccess(type: "Shop") { act } other: explainAccess(type: "X", role: "leader") { act } }'
    assert await company.refused("salesperson", query) == ("FORBIDDEN", "role")
    assert await company.refused("leader", query) == ("BAD_USER_INPUT", "type")


async def test_beside_what_is_read(company: Company) -> None:
    """With rows in the same request, under aliases and fragments."""
    query = """query ($id: ID!) {
      customer(id: $id) { name phone }
      why: explainAccess(type: "Customer", field: "phone", row: $id) { ...On }
      matrix: accessMatrix(type: "Tier") { relations }
    } fragment On on AccessExplanation { roles { decisions { result: outcome } } }"""
    found = await company.ask("account_manager", query, {"id": company.id("wang")})
    assert found == {
        "customer": {"name": "wang", "phone": "*******8001"},
        "why": {"roles": [{"decisions": [{"result": "MASK"}]}]},
        "matrix": {"relations": ["all"]},
    }


async def test_in_chinese(company: Company) -> None:
    body = {"query": EXPLAIN, "variables": {"type": "Customer", "field": "phone", "row": company.id("wang")}}
    answer = await company.post(body, company.token("account_manager"), accept_language="zh-CN")
    (role,) = answer.json()["data"]["explainAccess"]["roles"]
    assert role["title"] == "客户经理"
    assert role["decisions"][0]["because"].startswith("遮盖，依据 `p, salesperson")
    assert {x["because"] for x in role["decisions"][0]["lost"]} == {
        "它针对另一种关系",
        "其所述情形不成立",
    }


async def test_every_role_that_an_employee_holds(company: Company) -> None:
    given = {"id": company.id("finance"), "roles": ["finance", "legal"]}
    await company.act("administrator", "updateEmployee", given)
    found = await explained(company, "leader", field="identityNumber", employee=company.id("finance"))
    outcomes = {r["role"]: {d["outcome"] for d in r["decisions"]} for r in found["roles"]}
    assert outcomes == {"finance": {"HIDE"}, "legal": {"SHOW"}}
    (mine,) = (await explained(company, "finance", field="identityNumber"))["roles"]
    assert mine["role"] == "finance"
