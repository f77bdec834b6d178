"""Every mutation over HTTP: done once, refused in every way it declares, and read under the caller's plan."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLObjectType, GraphQLUnionType

from tests.e2e.acts import ACTS, COMMON, ENDS, NEVER
from tests.e2e.company import NOBODY, Company
from tests.e2e.conftest import made

ELSEWHERE = {
    ("breakGlass", "Conflict"),
    ("breakGlass", "TooManyEmergencies"),
    ("updateEmployee", "NobodyLeft"),
    ("suspendEmployee", "NobodyLeft"),
    ("applyPolicyChange", "PolicyMoved"),
    ("applyPolicyChange", "PolicyRefused"),
    ("rollBackPolicies", "PolicyRefused"),
}
"""In `test_attributes`, `test_people` and `test_policies`."""


def mutations() -> dict[str, Any]:
    kind = made().core.get_type("Mutation")
    assert isinstance(kind, GraphQLObjectType)
    return dict(kind.fields)


async def prepare(company: Company) -> None:
    """An account manager is responsible for somebody."""
    given = {"id": company.id("zhao"), "ownerId": company.id("account_manager")}
    assert (await company.act("leader", "updateCustomer", given))["__typename"] == "UpdateCustomerPayload"


def caller(who: str) -> str:
    return who.removesuffix("_owner")


async def test_every_mutation_once(company: Company) -> None:
    """PRM-6; CUS-1, CUS-5, TIE-1 to TIE-4, ACC-4, ACC-7, ACT-3, ACT-8, ASM-2."""
    await prepare(company)
    assert list(ACTS) == list(mutations())
    wrong = []
    for name, act in ACTS.items():
        found = await company.act(caller(act.who), name, act.given(company), act.shown)
        if found != {"__typename": f"{name[0].upper()}{name[1:]}Payload", **act.found}:
            wrong.append((name, found))
    assert wrong == []


async def test_every_typed_error_once(company: Company) -> None:
    """PRM-3, PRM-6: the field is one of the input's, and the code is the type's."""
    wrong: list[tuple[str, Any, Any]] = []
    for name, ends in ENDS.items():
        fields = mutations()[name].args["input"].type.of_type.fields
        for end in ends:
            found = await company.act(caller(end.who), name, end.given(company))
            code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", end.error).upper()
            expected = (f"{end.error}Error", code, end.field)
            if (found["__typename"], found.get("code"), found.get("field")) != expected:
                wrong.append((name, expected, found))
            if found.get("field") and found["field"].partition(".")[0] not in fields:
                wrong.append((name, "no such field", found))
    assert wrong == []


UNIVERSAL = {"IdempotencyMismatch", "Refused"}
"""Tried in `test_idempotency` and, since plugins alone refuse, in `plugins.test_contract`."""


def test_every_declared_error_is_tried() -> None:
    """A mutation or an error that is new has to be written down here."""
    assert list(ENDS) == list(mutations())
    for name, field in mutations().items():
        assert isinstance(field.type, GraphQLUnionType)
        declared = {m.name.removesuffix("Error") for m in field.type.types if m.name.endswith("Error")}
        assert declared >= COMMON
        tried = {end.error for end in ENDS[name]} | {error for known, error in ELSEWHERE if known == name}
        assert tried | NEVER.get(name, set()) | UNIVERSAL == declared, name


async def test_nothing_is_half_done(company: Company) -> None:
    """A refused mutation leaves no row; the field before it in the same request holds."""
    document = (
        'mutation {{ a: createDepartment(input: {{name: "a", kind: SALES}}) {{ __typename }}'
        ' b: createEmployee(input: {{name: "b", staffNumber: "b", departmentId: "{}", roles: ["god"]}})'
        " {{ __typename }}"
        ' c: createDepartment(input: {{name: "c", kind: SALES}}) {{ __typename }} __typename }}'
    ).format(company.id("east"))
    assert await company.ask("administrator", document) == {
        "a": {"__typename": "CreateDepartmentPayload"},
        "b": {"__typename": "UnknownRoleError"},
        "c": {"__typename": "CreateDepartmentPayload"},
        "__typename": "Mutation",
    }
    found = await company.ask(
        "leader",
        '{ employees(where: {name: {eq: "b"}}) { totalCount }'
        ' departments(where: {name: {in: ["a", "c"]}}) { totalCount } }',
    )
    assert found == {"employees": {"totalCount": 0}, "departments": {"totalCount": 2}}


async def test_whoever_may_not_act_is_forbidden(company: Company) -> None:
    """ACC-1, PRM-7: an auditor may do nothing but audit, whatever is given."""
    for name, act in ACTS.items():
        if act.who == "auditor":
            continue
        kind = name[0].upper() + name[1:]
        document = f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ __typename }} }}"
        said = await company.whole("auditor", document, {"input": act.given(company)})
        assert said["data"] == {name: None}, name
        (error,) = said["errors"]
        assert (error["extensions"]["code"], error["path"]) == ("FORBIDDEN", [name])


async def test_a_field_that_may_not_be_written_is_named(company: Company) -> None:
    """ACC-2: who may change a customer may not change every field."""
    given = {"id": company.id("wang"), "identityNumber": "11010519491231002X"}
    document = "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i) { __typename } }"
    said = await company.whole("salesperson", document, {"i": given})
    (error,) = said["errors"]
    assert said["data"] == {"updateCustomer": None}
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["message"].startswith("identityNumber: ")


async def test_who_sees_the_mask_gets_the_mask_of_what_was_written(company: Company) -> None:
    """PRM-7: a supervisor writes contacts of the department, and reads them masked, also in the payload."""
    phone = {"id": company.id("zhao"), "phone": "13900139000"}
    document = (
        "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i)"
        " { ... on UpdateCustomerPayload { customer {"
        " phone purchases { nodes { customer { phone } } } } } } }"
    )
    said = await company.whole("marketing_supervisor", document, {"i": phone})
    assert said["data"]["updateCustomer"]["customer"]["phone"] == "*******9000"
    told = said["extensions"]["redactions"][0]
    assert told["path"] == ["updateCustomer", "customer", "phone"]
    assert told["effect"]["department"] == "MASK"


async def test_a_row_that_leaves_sight_is_null(company: Company) -> None:
    """PRM-7: handed over to another department, the customer is not shown any more."""
    await prepare(company)
    given = {
        "id": company.id("zhao"),
        "ownerId": company.id("salesperson_west"),
        "departmentId": company.id("west"),
    }
    found = await company.act("account_manager", "updateCustomer", given, "customer { name }")
    assert found == {"__typename": "UpdateCustomerPayload", "customer": None}


async def test_duplicates_are_told_to_those_who_see_them(company: Company) -> None:
    """PRM-7: who may not read the other's number is not told that it is taken; who may, can mean both."""
    same = {"kind": "PERSON", "name": "chen", "phone": "138-0013-8001"}
    west = await company.act("salesperson_west", "createCustomer", same)
    assert west["__typename"] == "CreateCustomerPayload"
    east = await company.act("salesperson", "createCustomer", same)
    assert (east["code"], company.id("wang") in east["message"]) == ("DUPLICATE_CUSTOMER", True)
    both = await company.act("salesperson", "createCustomer", {**same, "duplicateConfirmed": True})
    assert both["__typename"] == "CreateCustomerPayload"


async def test_not_found_and_not_visible_are_one_error(company: Company) -> None:
    """PRM-7."""
    hidden, unknown = [
        await company.act("salesperson", "updateCustomer", {"id": one, "region": "x"})
        for one in (company.id("li"), f"cus_{NOBODY}")
    ]
    assert hidden == unknown


async def test_bad_ids_in_an_input_are_clean(company: Company) -> None:
    """PRM-3: a request error of the field; nothing is done."""
    document = "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i) { __typename } }"
    for id_ in ("", "x", f"dep_{NOBODY}", "cus_" + "g" * 32, "cus_\0"):
        said = await company.whole("leader", document, {"i": {"id": id_, "name": "x"}})
        (error,) = said["errors"]
        assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["updateCustomer"])


async def test_errors_speak_chinese(company: Company) -> None:
    """PRM-3: refused requests and typed errors alike, by `Accept-Language`."""
    document = (
        'mutation { createCustomer(input: {kind: PERSON, name: " "}) { ... on UserError { message } } }'
    )
    token = company.token("salesperson")
    for language, said in (
        ("zh", "name: 此处必须填写"),
        ("zh-CN,zh;q=0.9,en;q=0.1", "name: 此处必须填写"),
        ("en, zh;q=0.5", "name: a value is needed here"),
        ("de", "name: a value is needed here"),
    ):
        answer = await company.post({"query": document}, token, accept_language=language)
        assert answer.json()["data"]["createCustomer"]["message"] == said
    refused = {"query": "{ customers(orderBy: [{spend: ASC}]) { totalCount } }"}
    answer = await company.post(refused, company.token("auditor"), accept_language="zh")
    assert "您的角色" in answer.json()["errors"][0]["message"]
    assert "请登录" in (await company.post(refused, accept_language="zh")).json()["errors"][0]["message"]
