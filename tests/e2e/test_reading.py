# ruff: noqa: E501  # tables: one case a line reads best
"""Every root of Query under two roles or more: what is shown, masked, null, and told (ACC-1, ACC-2, PRM-7)."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLObjectType

from tests.e2e.company import NOBODY, Company
from tests.e2e.conftest import made

CONTACTS = "name phone birthday identityNumber spend { amount } viewerRelation"
WANG = {"name": "wang", "phone": "13800138001", "birthday": "1949-12-31"}
MASKED = {"name": "wang", "phone": "*******8001", "birthday": None, "identityNumber": None, "spend": None}
IN_EAST = {"viewerRelation": ["DEPARTMENT"]}
ZHAO_OF_A_COLLEAGUE = {**MASKED, "name": "zhao", "phone": "*******8003", **IN_EAST}
BESIDE = {"phone", "birthday", "identityNumber", "spend"}
OPENED = "2026-11-02T08:00:00+00:00"
KINDS = "__typename ... on Customer { phone } ... on Purchase { at amount { minor } }"

# Root, who asks, query ($id is the row called by that name), data of the root, redacted fields.
CASES: list[tuple[str, str, str, Any, set[str]]] = [
    ("node", "leader", f'node(id: "$purchase") {{ {KINDS} }}',
     {"__typename": "Purchase", "at": "2026-10-01T08:00:00+00:00", "amount": {"minor": 10_000}}, set()),
    ("node", "salesperson_west", f'node(id: "$purchase") {{ {KINDS} }}', None, set()),
    ("node", "auditor", f'node(id: "$purchase") {{ {KINDS} }}',
     {"__typename": "Purchase", "at": None, "amount": None}, {"at", "amount"}),
    ("nodes", "leader", f'nodes(ids: ["$wang", "cus_{NOBODY}", "$purchase"]) {{ {KINDS} }}',
     [{"__typename": "Customer", "phone": "13800138001"}, None,
      {"__typename": "Purchase", "at": "2026-10-01T08:00:00+00:00", "amount": {"minor": 10_000}}], set()),
    ("nodes", "salesperson", f'nodes(ids: ["$li", "$zhao"]) {{ {KINDS} }}',
     [None, {"__typename": "Customer", "phone": "*******8003"}], {"phone"}),
    ("me", "salesperson", "me { name staffNumber suspendedAt department { name } viewerRelation }",
     {"name": "salesperson", "staffNumber": "salesperson", "suspendedAt": None, "department": {"name": "east"},
      "viewerRelation": ["OWN", "DEPARTMENT"]}, {"suspendedAt"}),
    ("me", "administrator", "me { name roles { nodes { role } } }",
     {"name": "administrator", "roles": {"nodes": [{"role": "administrator"}]}}, set()),
    ("customer", "salesperson", f'customer(id: "$wang") {{ {CONTACTS} }}',
     {**WANG, "identityNumber": "*******002X", "spend": {"amount": "150.50"}, "viewerRelation": ["OWN", "DEPARTMENT"]},
     BESIDE),
    ("customer", "customer_service", f'customer(id: "$wang") {{ {CONTACTS} }}', {**MASKED, **IN_EAST}, BESIDE),
    ("customer", "technical_support", f'customer(id: "$wang") {{ {CONTACTS} }}',
     {**MASKED, "viewerRelation": ["TEAM", "DEPARTMENT"]}, BESIDE),
    ("customer", "technical_support", 'customer(id: "$zhao") { name }', None, set()),
    ("customer", "finance", 'customer(id: "$wang") { phone spend { amount currency minor } }',
     {"phone": None, "spend": {"amount": "150.50", "currency": "CNY", "minor": 15_050}}, {"phone"}),
    ("customer", "legal", 'customer(id: "$wang") { identityNumber phone }',
     {"identityNumber": "11010519491231002X", "phone": None}, {"phone"}),
    ("customers", "leader", "customers { totalCount nodes { name phone } }",
     {"totalCount": 3, "nodes": [{"name": n, "phone": f"1380013800{i}"} for n, i in (("li", 2), ("wang", 1), ("zhao", 3))]},
     set()),
    ("customers", "salesperson", f"customers {{ totalCount nodes {{ {CONTACTS} }} }}",
     {"totalCount": 2, "nodes": [
         {**WANG, "identityNumber": "*******002X", "spend": {"amount": "150.50"}, "viewerRelation": ["OWN", "DEPARTMENT"]},
         ZHAO_OF_A_COLLEAGUE]}, BESIDE),
    ("customers", "auditor", "customers(first: 1) { totalCount nodes { name phone notes } }",
     {"totalCount": 3, "nodes": [{"name": "li", "phone": None, "notes": None}]}, {"phone", "notes"}),
    ("customers", "administrator", "customers { totalCount nodes { name } }", {"totalCount": 0, "nodes": []}, set()),
    ("purchases", "finance", "purchases { nodes { reference at category customer { name } } }",
     {"nodes": [{"reference": r, "at": f"2026-10-0{d}T08:00:00+00:00", "category": "tea", "customer": {"name": n}}
                for r, d, n in (("A-2", 5, "wang"), ("B-1", 2, "li"), ("A-1", 1, "wang"))]}, set()),
    ("purchases", "auditor", "purchases(first: 1, orderBy: [{reference: ASC}]) { totalCount nodes { reference amount { amount } } }",
     {"totalCount": 3, "nodes": [{"reference": "A-1", "amount": None}]}, {"amount"}),
    ("purchases", "customer_service", "purchases { totalCount nodes { reference } }", {"totalCount": 0, "nodes": []}, set()),
    ("interactions", "customer_service", "interactions { nodes { kind summary customer { name } } }",
     {"nodes": [{"kind": "CALL", "summary": "asked for tea", "customer": {"name": "wang"}}]}, set()),
    ("interactions", "legal", "interactions { nodes { kind summary } }",
     {"nodes": [{"kind": "CALL", "summary": None}]}, {"summary"}),
    ("department", "auditor", 'department(id: "$harbour") { name parent { name } }',
     {"name": "harbour", "parent": {"name": "east"}}, set()),
    ("department", "leader", 'department(id: "$east") { children { nodes { name } } parent { name } }',
     {"children": {"nodes": [{"name": "harbour"}]}, "parent": None}, set()),
    ("departments", "legal", "departments { nodes { name kind } }",
     {"nodes": [{"name": n, "kind": "SALES"} for n in ("east", "harbour", "west")]}, set()),
    ("departments", "administrator", "departments(last: 1) { totalCount nodes { name } }",
     {"totalCount": 3, "nodes": [{"name": "west"}]}, set()),
    ("employee", "leader", 'employee(id: "$salesperson") { name suspendedAt customers { nodes { name } } }',
     {"name": "salesperson", "suspendedAt": None, "customers": {"nodes": [{"name": "wang"}]}}, set()),
    ("employee", "finance", 'employee(id: "$salesperson") { name suspensionReason roles { totalCount } }',
     {"name": "salesperson", "suspensionReason": None, "roles": {"totalCount": 0}}, {"suspensionReason"}),
    ("employees", "auditor", 'employees(where: {roles: {some: {role: {eq: "legal"}}}}) { nodes { name } }',
     {"nodes": [{"name": "legal"}]}, set()),
    ("employees", "administrator", "employees(first: 2) { totalCount nodes { name viewerRelation } }",
     {"totalCount": 13, "nodes": [{"name": "account_manager", "viewerRelation": ["DEPARTMENT"]},
                                  {"name": "administrator", "viewerRelation": ["OWN", "DEPARTMENT"]}]}, set()),
    ("tierSchemes", "leader", "tierSchemes { nodes { code name nameEn rules { totalCount } } }",
     {"nodes": [{"code": "customer_value", "name": "客户价值分层", "nameEn": "customer value", "rules": {"totalCount": 0}}]},
     set()),
    ("tierSchemes", "legal", "tierSchemes { nodes { code tiers { nodes { code } } } }",
     {"nodes": [{"code": "customer_value", "tiers": {"nodes": [{"code": c} for c in ("high", "core", "ordinary")]}}]}, set()),
    ("tiers", "marketing_manager", "tiers(first: 2) { nodes { code assignments { nodes { reason customer { name } } } } }",
     {"nodes": [{"code": "high", "assignments": {"nodes": []}},
                {"code": "core", "assignments": {"nodes": [{"reason": "benchmark", "customer": {"name": "li"}}]}}]}, set()),
    ("tiers", "customer_service", "tiers(first: 2) { nodes { code assignments { nodes { kind reason } } } }",
     {"nodes": [{"code": "high", "assignments": {"nodes": []}},
                {"code": "core", "assignments": {"nodes": [{"kind": "MANUAL", "reason": None}]}}]}, {"reason"}),
    ("activity", "legal", 'activity(id: "$activity") { title status participations { totalCount } }',
     {"title": "Open day", "status": "DRAFT", "participations": {"totalCount": 0}}, set()),
    ("activity", "marketing_specialist",
     'activity(id: "$activity") { participations { nodes { satisfaction remarks customer { name } } } }',
     {"participations": {"nodes": [{"satisfaction": 5, "remarks": None, "customer": {"name": "wang"}}]}}, {"remarks"}),
    ("activities", "finance", "activities { nodes { title kind } }", {"nodes": [{"title": "Open day", "kind": "SEMINAR"}]}, set()),
    ("activities", "customer_service", "activities { nodes { participations { nodes { status satisfaction } } } }",
     {"nodes": [{"participations": {"nodes": [{"status": "REGISTERED", "satisfaction": None}]}}]}, {"satisfaction"}),
    ("assessments", "salesperson", "assessments { nodes { indicator valueMillis grade computed } }",
     {"nodes": [{"indicator": "satisfaction", "valueMillis": 4200, "grade": "GOOD", "computed": False}]}, set()),
    ("assessments", "auditor", "assessments { nodes { indicator valueMillis grade employee { name } } }",
     {"nodes": [{"indicator": "satisfaction", "valueMillis": None, "grade": None, "employee": {"name": "salesperson"}}]},
     {"valueMillis", "grade"}),
    ("assessments", "finance", "assessments { totalCount nodes { indicator } }", {"totalCount": 0, "nodes": []}, set()),
    ("explainAccess", "finance", 'explainAccess(type: "Customer", field: "phone", row: "$wang") { class roles { decisions { outcome reason } } }',
     {"class": "contact", "roles": [{"decisions": [{"outcome": "HIDE", "reason": "SILENCE"}]}]}, set()),
    ("explainAccess", "salesperson", 'explainAccess(type: "Customer", row: "$li") { act }', None, set()),
    ("accessMatrix", "technical_support", 'accessMatrix(type: "Interaction") { roles { visible acts { act allowed } } }',
     {"roles": [{"visible": [False, False, True, True] * 2, "acts": [
         {"act": "record", "allowed": [False, False, True, True] * 2}, {"act": "export", "allowed": [False] * 8}]}]},
     set()),
    ("accessMatrix", "leader", 'accessMatrix(type: "Customer", employee: "$salesperson") { relations roles { role } }',
     {"relations": ["all", "own", "team", "own+team", "department", "own+department", "team+department", "own+team+department"],
      "roles": [{"role": "salesperson"}]}, set()),
    ("approvals", "leader", "approvals { nodes { subjectType decision comment requestedBy { name } decidedBy { name } } }",
     {"nodes": [{"subjectType": "PolicyChange", "decision": "APPROVED", "comment": None, "requestedBy": {"name": "administrator"}, "decidedBy": {"name": "leader"}}, {"subjectType": "PolicyChange", "decision": "WITHDRAWN", "comment": None, "requestedBy": {"name": "administrator"}, "decidedBy": {"name": "administrator"}}, {"subjectType": "PolicyChange", "decision": None, "comment": None, "requestedBy": {"name": "administrator"}, "decidedBy": None}, {"subjectType": "PolicyChange", "decision": None, "comment": None, "requestedBy": {"name": "administrator"}, "decidedBy": None}]}, set()),
    ("approvals", "finance", "approvals { totalCount nodes { decision } }",
     {"totalCount": 0, "nodes": []}, set()),
    ("policyChange", "administrator", 'policyChange(id: "$proposed") { state reason base added removed approval { decision } }',
     {"state": "PROPOSED", "reason": "because", "base": 1, "added": ["p, legal, class:personal, mask, all, allow"], "removed": [], "approval": {"decision": None}}, set()),
    ("policyChange", "salesperson", 'policyChange(id: "$proposed") { state reason }', None, set()),
    ("policyChanges", "auditor", "policyChanges { nodes { state proposedBy { name } } }",
     {"nodes": [{"state": "APPROVED", "proposedBy": {"name": "administrator"}}, {"state": "WITHDRAWN", "proposedBy": {"name": "administrator"}}, {"state": "PROPOSED", "proposedBy": {"name": "administrator"}}, {"state": "PROPOSED", "proposedBy": {"name": "administrator"}}]}, set()),
    ("policyChanges", "legal", "policyChanges { totalCount }",
     {"totalCount": 0}, set()),
    ("policyVersions", "leader", "policyVersions { nodes { number reason by { name } change { state } } }",
     {"nodes": [{"number": 1, "reason": None, "by": None, "change": None}]}, set()),
    ("policyVersions", "account_manager", "policyVersions { totalCount }",
     {"totalCount": 0}, set()),
    ("policyRules", "administrator", 'policyRules(where: {role: {eq: "finance"}, object: {eq: "type:Customer"}}) { nodes { act relation effect since until } }',
     {"nodes": [{"act": "read", "relation": "all", "effect": "allow", "since": 1, "until": None}]}, set()),
    ("policyRules", "customer_service", "policyRules { totalCount }",
     {"totalCount": 0}, set()),
    ("policyRoles", "auditor", "policyRoles(first: 2) { totalCount nodes { name titleEn titleZh } }",
     {"totalCount": 12, "nodes": [{"name": "account_manager", "titleEn": "account manager", "titleZh": "客户经理"}, {"name": "administrator", "titleEn": "administrator", "titleZh": "系统管理员"}]}, set()),
    ("policyRoles", "marketing_specialist", "policyRoles { totalCount }",
     {"totalCount": 0}, set()),
    ("policyInheritances", "leader", "policyInheritances { nodes { role inherits } }",
     {"nodes": [{"role": "account_manager", "inherits": "salesperson"}, {"role": "marketing_manager", "inherits": "marketing_supervisor"}, {"role": "marketing_supervisor", "inherits": "marketing_specialist"}]}, set()),
    ("policyInheritances", "technical_support", "policyInheritances { totalCount }",
     {"totalCount": 0}, set()),
    ("recordedOperations", "auditor", "recordedOperations(first: 0) { nodes { text } pageInfo { hasPreviousPage } }",
     {"nodes": [], "pageInfo": {"hasPreviousPage": False}}, set()),
    ("recordedOperations", "salesperson", "recordedOperations { totalCount }",
     {"totalCount": 0}, set()),
    ("policyImpact", "administrator", 'policyImpact(add: ["p, legal, class:contact, mask, all, allow"], examples: 0) { base employees }',
     {"base": 1, "employees": 1}, set()),
    ("policyImpact", "leader", 'policyImpact(add: ["p, legal, class:contact, mask, all, allow"], examples: 0) { cut }',
     {"cut": False}, set()),
    ("emergencies", "auditor", "emergencies { nodes { role reason openedAt endedAt employee { name } } }",
     {"nodes": [{"role": who, "reason": "nobody else was there", "openedAt": OPENED, "endedAt": ended, "employee": {"name": who}}
                for who, ended in (("auditor", OPENED), ("legal", OPENED), ("administrator", None))]}, set()),
    ("emergencies", "legal", "emergencies { totalCount nodes { reviewDueOn employee { name } } }",
     {"totalCount": 1, "nodes": [{"reviewDueOn": "2026-11-05", "employee": {"name": "legal"}}]}, set()),
    ("emergencies", "salesperson", "emergencies { totalCount nodes { reason } }", {"totalCount": 0, "nodes": []}, set()),
    ("abuseCase", "finance", 'abuseCase(id: "$case") { finding outcome employee { name } }',
     {"finding": "asked for much", "outcome": None, "employee": {"name": "finance"}}, set()),
    ("abuseCase", "auditor", 'abuseCase(id: "$case") { finding openedBy { name } closedAt }',
     {"finding": None, "openedBy": {"name": "administrator"}, "closedAt": None}, {"finding"}),
    ("abuseCase", "salesperson", 'abuseCase(id: "$case") { finding }', None, set()),
    ("abuseCases", "leader", "abuseCases { nodes { outcome employee { name } } }",
     {"nodes": [{"outcome": outcome, "employee": {"name": "finance"}} for outcome in ("DISMISSED", None)]}, set()),
    ("abuseCases", "legal", "abuseCases { totalCount nodes { finding } }", {"totalCount": 0, "nodes": []}, set()),
    ("auditRecords", "auditor", "auditRecords(last: 1) { nodes { kind subject employee { name } } }",
     {"nodes": [{"kind": "POLICY", "subject": "system", "employee": None}]}, set()),
    ("auditRecords", "marketing_manager", "auditRecords(where: {kind: {eq: POLICY}}, first: 2) { totalCount nodes { employee { name } } }",
     {"totalCount": 6, "nodes": [{"employee": {"name": "leader"}}, {"employee": {"name": "administrator"}}]}, set()),
    ("auditRecords", "legal", "auditRecords(where: {kind: {eq: POLICY}}) { totalCount }", {"totalCount": 0}, set()),
    ("auditDigests", "auditor", "auditDigests { totalCount nodes { week flags } }", {"totalCount": 0, "nodes": []}, set()),
    ("auditDigests", "salesperson", "auditDigests { totalCount nodes { week } }", {"totalCount": 0, "nodes": []}, set()),
    ("accessReview", "marketing_manager", 'accessReview(id: "$review") { state department { name } items { nodes { role act holders decision } } }',
     {"state": "OPEN", "department": {"name": "east"}, "items": {"nodes": [
         {"role": role, "act": "show", "holders": holders, "decision": None} for role, holders in (("finance", 2), ("leader", 1))]}},
     set()),
    ("accessReview", "auditor", 'accessReview(id: "$settled") { dueOn department { name } items { totalCount } }',
     {"dueOn": "2099-10-15", "department": {"name": "west"}, "items": {"totalCount": 0}}, set()),
    ("accessReview", "salesperson", 'accessReview(id: "$review") { state }', None, set()),
    ("accessReviews", "leader", "accessReviews { nodes { state department { name } } }",
     {"nodes": [{"state": state, "department": {"name": place}}
                for state, place in (("CLOSED", "east"), ("OPEN", "harbour"), ("OPEN", "west"), ("OPEN", "east"))]}, set()),
    ("accessReviews", "marketing_manager", "accessReviews { nodes { periodTo department { name } } }",
     {"nodes": [{"periodTo": f"2025-{end}", "department": {"name": place}}
                for end, place in (("06-30", "east"), ("09-30", "harbour"), ("09-30", "east"))]}, set()),
    ("accessReviews", "administrator", "accessReviews { totalCount }", {"totalCount": 0}, set()),
    ("plugins", "leader", "plugins { id }", [], set()),
    ("plugins", "salesperson", "plugins { id }", [], set()),
    ("tierSignals", "leader", "tierSignals { name }", [{"name": "core.interactions"}], set()),
    ("tierSignals", "salesperson", "tierSignals { about }", [{"about": "contacts in 365 days"}], set()),
]  # fmt: skip


def test_every_root_has_two_roles() -> None:
    kind = made().core.get_type("Query")
    assert isinstance(kind, GraphQLObjectType)
    asked = {root: {who for known, who, *_ in CASES if known == root} for root, *_ in CASES}
    assert asked.keys() == kind.fields.keys()
    assert [root for root, whos in asked.items() if len(whos) < 2] == []


def written(query: str, company: Company) -> str:
    """With ids in place of names."""
    found = re.sub(r'"\$(\w+)"', lambda name: f'"{company.id(name[1])}"', query)
    return f"{{ {found} }}"


async def test_what_each_role_reads(company: Company) -> None:
    """ACC-1, ACC-2: what is left out is null or a mask, never an error, and told."""
    wrong = []
    for root, who, query, expected, redacted in CASES:
        said = await company.whole(who, written(query, company))
        told = said.get("extensions", {}).get("redactions", [])
        assert all(one["class"] and one["effect"] for one in told)
        names = {one["path"][-1] for one in told}
        if (said["data"], names) != ({root: expected}, redacted):
            wrong.append((who, query, said["data"], names))
    assert wrong == []


async def test_redactions_follow_from_the_rules_alone(company: Company) -> None:
    """PRM-7: the same, whatever was found."""
    query = "query ($id: ID!) { customer(id: $id) { phone spend { amount } } }"
    told = []
    for id_ in (company.id("wang"), company.id("zhao"), company.id("li"), f"cus_{NOBODY}"):
        said = await company.whole("salesperson", query, {"id": id_})
        told.append(said["extensions"])
    assert told.count(told[0]) == 4
    effect = told[0]["redactions"][0]["effect"]
    assert (effect["own"], effect["department"], "all" in effect) == ("SHOW", "MASK", False)


async def test_not_there_and_not_visible_are_one_answer(company: Company) -> None:
    """PRM-7."""
    query = "query ($id: ID!) { customer(id: $id) { name } node(id: $id) { id } }"
    hidden = await company.whole("salesperson", query, {"id": company.id("li")})
    assert hidden == await company.whole("salesperson", query, {"id": f"cus_{NOBODY}"})


async def test_bad_ids_are_clean(company: Company) -> None:
    """PRM-3."""
    query = "query ($id: ID!) { customer(id: $id) { name } }"
    for id_ in ("", "x", "cus_", "cus_XYZ", f"dep_{NOBODY}", f"cus_{NOBODY}0", "Y3VzXzE=", "cus_\0", "客户"):
        assert (await company.refused("leader", query, {"id": id_}))[0] == "BAD_USER_INPUT", id_
