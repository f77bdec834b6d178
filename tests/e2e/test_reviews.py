"""Reviews of rights from the clock to the changed policies, over HTTP (BEY-9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.access.rules import Rule
from core.audit.choices import AuditKind
from core.clock import UTC
from core.jobs.outbox import enqueue
from tests.core.reviews.planted import Planted, plant
from tests.e2e.company import Company

MOMENT = dt.datetime(2026, 9, 1, 2, tzinfo=UTC)
REVIEWS = (
    '{ accessReviews(orderBy: [{openedAt: DESC}], where: {openedAt: {gte: "2026-01-01T00:00:00Z"}}) '
    "{ nodes { id state reviewerRole raisedAt dueOn "
    "periodFrom periodTo department { name } } } }"
)
ITEMS = (
    "query ($id: ID!, $after: String) { accessReview(id: $id) { items(first: 100, after: $after) { "
    "nodes { id role object act relation holders users readings lastUsedAt decision "
    "usages { nodes { readings customers peersMedian employee { name } } } } "
    "pageInfo { endCursor hasNextPage } } } }"
)
CONTACT = ("salesperson", "class:contact", "show", "own")


async def run(company: Company, job: str, **payload: str) -> None:
    """As a worker does it."""
    async with company.app.database.unit_of_work() as work:
        await enqueue(work, job, payload)
    await company.app.worker.drain()


async def opened(company: Company) -> dict[str, Any]:
    """The reviews of the third quarter by department, after some use of rights."""
    world = company.world
    east, west = world.departments["east"], world.departments["west"]
    seller, other = world.employees["salesperson"], world.employees["account_manager"]
    wang, li = world.customers["wang"], world.customers["li"]
    phone, written = ("Customer.phone",), ("Customer.phone", "Customer.region")
    async with world.database.unit_of_work() as work:
        await plant(
            work,
            [
                Planted(MOMENT, seller, east, customers=(wang, li), calls=3, fields=phone),
                Planted(MOMENT + dt.timedelta(days=1), seller, east, customers=(wang,), fields=phone),
                Planted(MOMENT - dt.timedelta(days=90), seller, east, customers=(wang,), fields=phone),
                Planted(MOMENT, other, east, customers=(li,), fields=phone, role="account_manager"),
                Planted(
                    MOMENT,
                    seller,
                    east,
                    AuditKind.WRITE,
                    customers=(wang,),
                    operation="updateCustomer",
                    fields=written,
                ),
                Planted(MOMENT, world.employees["salesperson_west"], west, customers=(li,), fields=phone),
            ],
        )
    await run(company, "core.reviews", opened_on="2026-10-01")
    found = await company.ask("leader", REVIEWS)
    return {one["department"]["name"]: one for one in found["accessReviews"]["nodes"]}


async def items(company: Company, who: str, review: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """All rights of a review, by what they are."""
    nodes: list[Any] = []
    page: dict[str, Any] = {"endCursor": None, "hasNextPage": True}
    while page["hasNextPage"]:
        found = await company.ask(who, ITEMS, {"id": review["id"], "after": page["endCursor"]})
        nodes += found["accessReview"]["items"]["nodes"]
        page = found["accessReview"]["items"]["pageInfo"]
    return {(one["role"], one["object"], one["act"], one["relation"]): one for one in nodes}


async def decide(
    company: Company, who: str, item: Any, decision: str = "KEEP", **more: Any
) -> dict[str, Any]:
    given = {"itemId": item["id"], "decision": decision, "reason": "looked at it", **more}
    shown = "item { decision reason replacement byHolder decidedBy { name } }"
    return await company.act(who, "decideReviewItem", given, shown)


async def test_a_quarter_is_reviewed_by_department(company: Company) -> None:
    reviews = await opened(company)
    assert reviews.keys() == {"east", "west"}  # nobody works in the branch
    assert (reviews["east"]["reviewerRole"], reviews["east"]["raisedAt"]) == ("marketing_manager", None)
    assert reviews["west"]["reviewerRole"] is None
    assert reviews["west"]["raisedAt"]
    period = {"periodFrom": "2026-07-01", "periodTo": "2026-09-30", "dueOn": "2026-10-15", "state": "OPEN"}
    assert period.items() <= reviews["east"].items()
    found = await items(company, "leader", reviews["east"])
    own = found[CONTACT]
    # The account manager's role inherits the right, and read a colleague's customer: that is no use of it.
    assert (own["holders"], own["users"], own["readings"]) == (2, 1, 4)
    assert own["lastUsedAt"] == "2026-09-02T02:00:00+00:00"
    assert own["usages"]["nodes"] == [
        {"readings": 4, "customers": 1, "peersMedian": 0, "employee": {"name": "salesperson"}},
        {"readings": 0, "customers": 0, "peersMedian": 4, "employee": {"name": "account_manager"}},
    ]
    team = found["account_manager", "class:contact", "show", "team"]
    assert (team["holders"], team["users"], team["lastUsedAt"]) == (1, 0, None)
    assert found["salesperson", "type:Customer", "update", "own"]["users"] == 1
    assert found["salesperson", "class:contact", "write", "own"]["users"] == 1
    assert found["salesperson", "class:personal", "write", "own"]["users"] == 0
    assert found["administrator", "type:Employee", "explain", "all"]["users"] is None
    assert not any(act in {"read", "mask"} or "audit" in thing for _, thing, act, _ in found)
    await run(company, "core.reviews", opened_on="2026-10-01")  # once is enough
    assert len((await company.ask("leader", REVIEWS))["accessReviews"]["nodes"]) == 2


async def test_who_sees_and_decides(company: Company) -> None:
    reviews = await opened(company)
    for who, seen in {
        "marketing_manager": ["east"],
        "auditor": ["east", "west"],
        "salesperson": [],
        "marketing_supervisor": [],
        "administrator": [],
    }.items():
        nodes = (await company.ask(who, REVIEWS))["accessReviews"]["nodes"]
        assert sorted(one["department"]["name"] for one in nodes) == seen
    east, west = [await items(company, "leader", reviews[name]) for name in ("east", "west")]
    for who in ("salesperson", "auditor", "administrator"):
        document = (
            "mutation ($input: DecideReviewItemInput!) { decideReviewItem(input: $input) { __typename } }"
        )
        given = {"itemId": east[CONTACT]["id"], "decision": "KEEP", "reason": "x"}
        said = await company.whole(who, document, {"input": given})
        assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await decide(company, "marketing_manager", west[CONTACT]))["code"] == "NOT_FOUND"
    assert (await decide(company, "leader", east[CONTACT]))["code"] == "CONFLICT"  # not overdue
    kept = await decide(company, "leader", west[CONTACT])  # nobody in the west may
    assert kept["item"]["decidedBy"] == {"name": "leader"}
    mine = east["marketing_manager", "class:contact", "show", "department"]
    assert (await decide(company, "marketing_manager", mine))["code"] == "FOUR_EYES"
    assert (await decide(company, "leader", mine))["item"]["byHolder"] is False
    shared = east["marketing_specialist", "class:personal", "show", "own"]
    assert (await decide(company, "marketing_manager", shared))["item"]["byHolder"] is True


async def test_what_a_decision_needs(company: Company) -> None:
    item = (await items(company, "leader", (await opened(company))["east"]))[CONTACT]
    line = "p, salesperson, class:contact, show, own, allow"
    for decision, replacement, reason, code, field in (
        ("KEEP", None, " ", "INVALID_INPUT", "reason"),
        ("KEEP", line, "x", "INVALID_INPUT", "replacement"),
        ("CHANGE", None, "x", "INVALID_INPUT", "replacement"),
        ("CHANGE", line, "x", "INVALID_INPUT", "replacement"),
        ("CHANGE", "p, finance, class:contact, show, own, allow", "x", "INVALID_INPUT", "replacement"),
        ("CHANGE", "g, salesperson, finance", "x", "INVALID_INPUT", "replacement"),
        ("CHANGE", "p, salesperson, class:secrets, show, own, allow", "x", "POLICY_REFUSED", "replacement"),
    ):
        said = await decide(
            company, "marketing_manager", item, decision, replacement=replacement, reason=reason
        )
        assert (said["code"], said["field"]) == (code, field), said
    changed = " p, salesperson,class:contact , mask, own, allow"
    said = await decide(company, "marketing_manager", item, "CHANGE", replacement=changed)
    assert said["item"]["replacement"] == "p, salesperson, class:contact, mask, own, allow"
    assert (await decide(company, "marketing_manager", item))["item"]["replacement"] is None


@pytest.mark.parametrize("change", [True, False])
async def test_an_overdue_review_is_decided_above_and_changes_the_policies(
    company: Company, *, change: bool
) -> None:
    east = (await opened(company))["east"]
    rules = await items(company, "leader", east)
    late = "{ accessReviews(where: {state: {eq: OVERDUE}}) { nodes { department { name } } } }"
    assert (await company.ask("leader", late))["accessReviews"]["nodes"] == []
    await run(company, "core.reviews_overdue")
    assert len((await company.ask("leader", late))["accessReviews"]["nodes"]) == 2
    gone = ("finance", "class:commercial", "show", "all")
    masked = "p, salesperson, class:contact, mask, own, allow"
    for key, item in rules.items():
        if change and key in {gone, CONTACT}:
            continue
        alone = item["holders"] == 1 and key[0] == "leader"  # nobody decides on what only they hold
        said = await decide(company, "marketing_manager" if alone else "leader", item)
        assert "item" in said, (key, said)
    shown = "review { id state change { id state added removed proposedBy { name } } closedBy { name } }"
    if change:
        early = await company.act("leader", "closeAccessReview", {"id": east["id"]})
        assert early["code"] == "CONFLICT"
        assert "2 rights are not decided" in early["message"]
        await decide(company, "leader", rules[gone], "REMOVE")
        await decide(company, "leader", rules[CONTACT], "CHANGE", replacement=masked)
    closed = (await company.act("leader", "closeAccessReview", {"id": east["id"]}, shown))["review"]
    assert (closed["state"], closed["closedBy"]) == ("CLOSED", {"name": "leader"})
    if not change:
        assert closed["change"] is None
        return
    made = closed["change"]
    lines = {f"p, {', '.join(key)}, allow" for key in (gone, CONTACT)}
    assert (made["added"], set(made["removed"]), made["state"]) == ([masked], lines, "PROPOSED")
    assert made["proposedBy"] == {"name": "leader"}
    assert (await decide(company, "leader", rules[gone]))["code"] == "CONFLICT"
    mine = await company.act("leader", "approvePolicyChange", {"id": made["id"]})
    assert mine["code"] == "FOUR_EYES"
    await company.act("administrator", "approvePolicyChange", {"id": made["id"]})
    applied = await company.act(
        "administrator", "applyPolicyChange", {"id": made["id"]}, "version { number }"
    )
    assert applied["version"] == {"number": 2}
    assert Rule(*gone, "allow") not in company.app.policies.current.rules
    phones = await company.ask("salesperson", "{ customers(scope: OWN) { nodes { phone } } }")
    assert phones["customers"]["nodes"] == [{"phone": "*******8001"}]


async def test_decisions_leave_records(company: Company) -> None:
    item = (await items(company, "leader", (await opened(company))["east"]))[CONTACT]
    await decide(company, "marketing_manager", item)
    query = "{ auditRecords(where: {kind: {eq: REVIEW}}) { nodes { operation about role after } } }"
    (found,) = (await company.ask("marketing_manager", query))["auditRecords"]["nodes"]
    assert (found["operation"], found["about"], found["role"]) == (
        "decideReviewItem",
        "AccessReviewItem",
        "marketing_manager",
    )
    assert found["after"]["decision"] == "KEEP"
