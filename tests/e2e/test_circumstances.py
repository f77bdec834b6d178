"""What is denied while something is missing is denied at every door, and explained (ACC-6, CUS-4, PRM-7)."""

from __future__ import annotations

from typing import Any

import pytest

from core.access.rules import Rule
from tests.e2e.company import Company

CREATED = "... on CreateCustomerPayload { customer { phone } } ... on UserError { code message }"
CREATE = f"""mutation {{
  createCustomer(input: {{ kind: PERSON, name: "chen", phone: "13800138009" }}) {{ {CREATED} }}
}}"""
UPDATE = """mutation ($id: ID!) { updateCustomer(input: { id: $id, region: "Suzhou" }) {
  ... on UpdateCustomerPayload { customer { phone region } } ... on UserError { code message } } }"""
EXPLAIN = """query ($employee: ID, $row: ID) {
  explainAccess(type: "Customer", field: "phone", employee: $employee, row: $row) {
    roles { decisions { relation outcome because missing { circumstances { name } add remove } } } } }"""
PHONE, MASKED = "13800138001", "*******8001"


def hold(company: Company, *lines: str) -> None:
    """These lines hold from now on, in this process."""
    policies = company.app.policies
    rules = [Rule(*line.split(", ")) for line in lines]
    policies.replace(policies.current.with_rules(rules), policies.epoch)


async def ask(
    company: Company, who: str, query: str, variables: Any = None, purpose: str | None = None
) -> Any:
    declared = {"baoke-purpose": purpose} if purpose else {}
    body = {"query": query, "variables": variables}
    return (await company.post(body, company.token(who), **declared)).json()


def code(said: Any) -> str:
    return str(said["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    "query",
    [
        '{ customers(scope: OWN, where: { phone: { eq: "13800138001" } }) { totalCount } }',
        "{ purchases(scope: OWN, where: { customer: { phone: { isNull: false } } }) { totalCount } }",
    ],
)
async def test_no_purpose_no_comparison(company: Company, query: str) -> None:
    assert "errors" not in await ask(company, "salesperson", query)
    hold(company, "everyone, class:contact, show, without-purpose, deny")
    assert code(await ask(company, "salesperson", query)) == "FORBIDDEN"
    assert "errors" not in await ask(company, "salesperson", query, purpose="SERVICE")


async def test_a_payload_shows_what_a_query_would(company: Company) -> None:
    hold(company, "everyone, class:contact, show, without-purpose, deny")
    wang = {"id": company.id("wang")}
    said = await ask(company, "salesperson", UPDATE, wang)
    assert said["data"]["updateCustomer"]["customer"] == {"phone": MASKED, "region": "Suzhou"}
    said = await ask(company, "salesperson", UPDATE, wang, "CARE")
    assert said["data"]["updateCustomer"]["customer"]["phone"] == PHONE


async def test_whoever_is_new_has_not_consented(company: Company) -> None:
    """The row stands where it will stand, before it is there."""
    hold(company, "everyone, class:contact, show, without-consent, deny")
    said = await ask(company, "salesperson", CREATE, purpose="INVITATION")
    assert said["data"]["createCustomer"]["customer"]["phone"] == "*******8009"
    hold(company, "everyone, type:Customer, create, without-consent, deny")
    again = CREATE.replace("13800138009", "13800138010")
    assert code(await ask(company, "salesperson", again, purpose="INVITATION")) == "FORBIDDEN"
    said = await ask(company, "salesperson", again, purpose="SERVICE")
    assert said["data"]["createCustomer"]["customer"]["phone"] == "13800138010"


async def test_rows_without_consent_are_not_there(company: Company) -> None:
    """By list, by id, by count, for an act."""
    hold(company, "everyone, type:Customer, read, without-consent, deny")
    query = "query ($id: ID!) { customers { totalCount } customer(id: $id) { name } }"
    zhao = {"id": company.id("zhao")}
    whole = (await ask(company, "leader", query, zhao))["data"]
    assert (whole["customers"]["totalCount"], whole["customer"]) == (3, {"name": "zhao"})
    some = (await ask(company, "leader", query, zhao, "RECOMMENDATION"))["data"]
    assert some["customers"]["totalCount"] < 3
    assert some["customer"] is None
    said = await ask(company, "leader", UPDATE, zhao, "RECOMMENDATION")
    assert said["data"]["updateCustomer"]["code"] == "NOT_FOUND"


async def test_another_employee_is_explained_as_it_is_for_them(company: Company) -> None:
    hold(company, "everyone, class:contact, show, without-consent, deny")
    asked = {"employee": company.id("salesperson"), "row": company.id("wang")}
    (role,) = (await ask(company, "leader", EXPLAIN, asked))["data"]["explainAccess"]["roles"]
    (decision,) = role["decisions"]
    assert (decision["relation"], decision["outcome"]) == ("own+department", "SHOW")
    said = await ask(company, "leader", EXPLAIN, asked, "RECOMMENDATION")
    (decision,) = said["data"]["explainAccess"]["roles"][0]["decisions"]
    assert decision["relation"].startswith("own+department")
    whole = await ask(company, "salesperson", EXPLAIN, {}, "RECOMMENDATION")
    told = {d["relation"]: d for d in whole["data"]["explainAccess"]["roles"][0]["decisions"]}
    assert len(told) == 16
    denied = told["own+without-consent"]
    assert denied["outcome"] == "MASK"
    assert denied["missing"] == {"circumstances": [{"name": "without-consent"}], "add": [], "remove": []}
    assert "the customer has not consented to the declared purpose; ask for" in denied["because"]


async def test_the_matrix_knows_no_circumstance(company: Company) -> None:
    hold(
        company,
        "everyone, class:contact, show, without-purpose, deny",
        "everyone, class:contact, show, without-consent, deny",
    )
    query = """{ accessMatrix(type: "Customer", role: "salesperson") {
      relations roles { fields { field outcomes } } } }"""
    said = await ask(company, "salesperson", query, purpose="RECOMMENDATION")
    found = said["data"]["accessMatrix"]
    assert len(found["relations"]) == 8
    outcomes = {one["field"]: one["outcomes"] for one in found["roles"][0]["fields"]}
    assert outcomes["phone"][found["relations"].index("own")] == "SHOW"
