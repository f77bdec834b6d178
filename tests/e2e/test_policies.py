"""Policies over HTTP: a change of rights from the proposal to the next request, and back (ACC-1, PRM-8)."""

from __future__ import annotations

from typing import Any

import pytest

from core.access.current import DENY_AFTER
from core.organization.models import EmployeeRole
from core.policies.watch import Watch, own_reader
from schema import application
from tests.core.policies.company import Time
from tests.core.world import World, policy
from tests.e2e.company import Company
from tests.e2e.conftest import settings_of

PHONES = "{ customers { nodes { phone } } }"
SHOW = "p, legal, class:contact, show, all, allow"
APPROVES = "p, leader, type:PolicyChange, approve, all, allow"


async def phones(company: Company) -> set[Any]:
    found = await company.ask("legal", PHONES)
    return {one["phone"] for one in found["customers"]["nodes"]}


async def propose(company: Company, *add: str, remove: tuple[str, ...] = ()) -> str:
    given = {"reason": "because", "add": add, "remove": remove}
    found = await company.act("administrator", "proposePolicyChange", given, "change { id }")
    assert found["__typename"] == "ProposePolicyChangePayload", found
    return found["change"]["id"]  # type: ignore[no-any-return]


async def apply(company: Company, id_: str) -> dict[str, Any]:
    return await company.act("administrator", "applyPolicyChange", {"id": id_}, "version { number }")


async def test_the_next_request_sees_the_new_rights_and_the_one_after_the_roll_back_the_old(
    company: Company,
) -> None:
    assert await phones(company) == {None}
    id_ = await propose(company, SHOW)
    mine = await company.act("administrator", "approvePolicyChange", {"id": id_})
    assert mine["code"] == "FOUR_EYES"
    assert await phones(company) == {None}
    approved = await company.act("leader", "approvePolicyChange", {"id": id_}, "change { state }")
    assert approved["change"] == {"state": "APPROVED"}
    assert await phones(company) == {None}
    assert (await apply(company, id_))["version"] == {"number": 2}
    assert "13800138001" in await phones(company)
    back = await company.act("administrator", "rollBackPolicies", {"reason": "x"}, "version { number }")
    assert back["version"] == {"number": 3}
    assert await phones(company) == {None}


async def test_a_role_comes_into_being_and_is_given(company: Company) -> None:
    """ACC-7: a new role counts without a restart, also for sign-in."""
    id_ = await propose(company, "role, trainee, trainee, 实习生", "g, trainee, finance")
    await company.act("leader", "approvePolicyChange", {"id": id_})
    employee = {"id": company.id("legal"), "roles": ["legal", "trainee"]}
    assert (await company.act("leader", "updateEmployee", employee))["code"] == "UNKNOWN_ROLE"
    await apply(company, id_)
    given = await company.act("leader", "updateEmployee", employee, "employee { id }")
    assert given["__typename"] == "UpdateEmployeePayload"
    found = await company.ask("legal", "{ customers { nodes { spend { amount } } } }", role="trainee")
    assert {one["spend"]["amount"] for one in found["customers"]["nodes"]} > {"200.00"}
    gone = await company.act("administrator", "rollBackPolicies", {"reason": "x"})
    assert gone["code"] == "POLICY_REFUSED"
    assert "1 employee holds it" in gone["message"]


async def test_what_moved_or_would_lock_out_is_refused_when_applied(company: Company) -> None:
    ids = [await propose(company, SHOW) for _ in range(2)]
    for id_ in ids:
        await company.act("leader", "approvePolicyChange", {"id": id_})
    await apply(company, ids[0])
    moved = await apply(company, ids[1])
    assert (moved["code"], moved["field"]) == ("POLICY_MOVED", "id")
    key = company.world.employees["auditor"]
    async with company.world.database.unit_of_work() as work:
        work.session.add(EmployeeRole(id=work.ids.new(), employee_id=key, role="administrator"))
    id_ = await propose(company, remove=(APPROVES,))
    await company.act("leader", "approvePolicyChange", {"id": id_})
    suspended = {"employeeId": company.id("auditor"), "finding": "x"}
    assert (await company.act("leader", "suspendEmployee", suspended))[
        "__typename"
    ] == "SuspendEmployeePayload"
    refused = await apply(company, id_)
    assert (refused["code"], refused["field"]) == ("POLICY_REFUSED", "remove")
    assert "remove[0]: after this nobody could change the policies" in refused["message"]


async def test_all_faults_are_told_in_the_callers_language(company: Company) -> None:
    document = (
        "mutation ($i: ProposePolicyChangeInput!) { proposePolicyChange(input: $i)"
        " { ... on UserError { code message } } }"
    )
    given = {"reason": "x", "add": ["p, god, class:contact, show, all, allow", "p, leader"], "remove": [SHOW]}
    answer = await company.post(
        {"query": document, "variables": {"i": given}}, company.token("administrator"), accept_language="zh"
    )
    said = answer.json()["data"]["proposePolicyChange"]
    assert said["code"] == "POLICY_REFUSED"
    lines = said["message"].splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["add[0]", "add[1]", "remove[0]"]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in line) for line in lines)


async def test_rules_are_listed_by_version(company: Company) -> None:
    where = '{role: {eq: "legal"}, object: {eq: "class:contact"}}'
    listed = f"policyRules(where: {where}%s) {{ nodes {{ act relation effect since until }} }}"
    total = "{ policyRules { totalCount } policyRoles { totalCount } policyInheritances { totalCount } }"
    before = await company.ask("auditor", total)
    assert before["policyRules"]["totalCount"] == len(policy().rules)
    assert before["policyRoles"]["totalCount"] == 12
    id_ = await propose(company, SHOW)
    await company.act("leader", "approvePolicyChange", {"id": id_})
    await apply(company, id_)
    found = await company.ask(
        "auditor",
        f"{{ now: {listed % ''} first: {listed % ', version: 1'} second: {listed % ', version: 2'} }}",
    )
    rule = {"act": "show", "relation": "all", "effect": "allow", "since": 2, "until": None}
    assert found == {"now": {"nodes": [rule]}, "first": {"nodes": []}, "second": {"nodes": [rule]}}
    await company.act("administrator", "rollBackPolicies", {"reason": "x"})
    found = await company.ask("auditor", f"{{ now: {listed % ''} second: {listed % ', version: 2'} }}")
    assert found == {"now": {"nodes": []}, "second": {"nodes": [{**rule, "until": 3}]}}
    assert await company.ask("auditor", total) == before


async def test_versions_and_approvals_are_listed_for_those_who_may(company: Company) -> None:
    query = (
        "{ policyVersions { nodes { number reason by { name } change { reason } } }"
        ' approvals(where: {subjectType: {eq: "PolicyChange"}, decision: {isNull: true}}) { totalCount }'
        " policyChanges(where: {state: {eq: PROPOSED}}) { totalCount } }"
    )
    for who in ("administrator", "leader", "auditor"):
        assert await company.ask(who, query) == {
            "policyVersions": {"nodes": [{"number": 1, "reason": None, "by": None, "change": None}]},
            "approvals": {"totalCount": 2},
            "policyChanges": {"totalCount": 2},
        }
    assert await company.ask("salesperson", query) == {
        "policyVersions": {"nodes": []},
        "approvals": {"totalCount": 0},
        "policyChanges": {"totalCount": 0},
    }


async def test_two_processes_over_one_database(company: Company, world: World, address: str) -> None:
    """PRM-8: what the one applied, the other follows at its next look; silent for too long, it denies."""
    other = application.build(settings_of(address), database=world.database)
    time = Time()
    other.policies.now = time
    await other.keeper.start()
    second = Company(other, company.client, world, company.more)
    reader = own_reader(world.database)
    id_ = await propose(company, SHOW)
    await company.act("leader", "approvePolicyChange", {"id": id_})
    viewer = await other.sign_in(f"Bearer {second.token('legal')}".encode(), "en")
    await apply(company, id_)
    await Watch(other.keeper, reader).look()
    after = await other.sign_in(f"Bearer {second.token('legal')}".encode(), "en")
    assert viewer.plan.effects("Customer", "phone") != after.plan.effects("Customer", "phone")
    await reader.close()


async def test_who_can_not_tell_the_policy_answers_503_until_it_can(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRM-8: fails closed, says so at /readyz, and resumes by itself."""

    async def blind(_: Watch) -> None:
        pass

    monkeypatch.setattr(Watch, "look", blind)
    time = Time()
    policies, token = company.app.policies, company.token("leader")
    policies.now, policies._confirmed_at = time, time.at
    time.at += DENY_AFTER + 1
    answer = await company.post({"query": PHONES}, token)
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "POLICY_UNCONFIRMED"
    assert (await company.client.get("/readyz")).status_code == 503
    assert (await company.client.get("/healthz")).status_code == 200
    company.app.policies.confirmed()
    assert (await company.post({"query": PHONES}, token)).status_code == 200
    assert (await company.client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("who", ["salesperson", "auditor"])
async def test_nobody_else_changes_policies(company: Company, who: str) -> None:
    document = 'mutation { rollBackPolicies(input: {reason: "x"}) { __typename } }'
    said = await company.whole(who, document)
    assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_database_is_the_truth_after_a_restart(
    company: Company, world: World, address: str
) -> None:
    """PRM-8: a new process starts with the newest version, whatever the folder says."""
    id_ = await propose(company, SHOW)
    await company.act("leader", "approvePolicyChange", {"id": id_})
    await apply(company, id_)
    again = application.build(settings_of(address), database=world.database)
    assert again.policies.epoch == 0
    await again.keeper.start()
    assert again.policies.epoch == 2
    assert again.policies.current.rules_of(("legal",)) == company.app.policies.current.rules_of(("legal",))
