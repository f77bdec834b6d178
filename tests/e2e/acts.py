# ruff: noqa: E501  # tables: one case a line reads best
"""Every mutation: once as it should be, and once for each typed error that it can end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.e2e.company import NOBODY, Company

Given = Callable[[Company], dict[str, Any]]
SHOWN = "p, legal, class:contact, show, all, allow"
WHY = "the customer stands at the counter"
SOON, LATE = "2026-11-01T08:00:00Z", "2027-11-01T08:00:00Z"
COMMON = {"InvalidInput", "NotFound", "Conflict", "IdempotencyMismatch"}


@dataclass(frozen=True)
class Act:
    """Who does it with what, what is selected of the payload, and what that is then."""

    who: str
    given: Given
    shown: str
    found: dict[str, Any]


@dataclass(frozen=True)
class End:
    """Who does it with what, in which error it ends, and of which field that speaks."""

    who: str
    given: Given
    error: str
    field: str | None


def rule(company: Company, **changes: Any) -> dict[str, Any]:
    tiers = [
        {"code": "high", "monetaryMinor": 15_000},
        {"code": "core", "frequency": 1},
        {"code": "ordinary"},
    ]
    return {"schemeId": company.id("scheme"), "windowDays": 365, "currency": "CNY", "tiers": tiers, **changes}


def purchase(company: Company, **changes: Any) -> dict[str, Any]:
    paid = {"amount": "29.50", "currency": "CNY"}
    return {"customerId": company.id("wang"), "at": SOON, "amount": paid, "reference": "A-9", **changes}


def assessment(**changes: Any) -> dict[str, Any]:
    period = {"periodStart": "2026-10-01", "periodEnd": "2026-10-31"}
    return {"indicator": "growth", "valueMillis": 1_500, "grade": "PASS", **period, **changes}


def qualification(company: Company, **changes: Any) -> dict[str, Any]:
    return {"employeeId": company.id("legal"), "kind": "TRAINING", "obtainedOn": "2026-11-01", **changes}


ACTS: dict[str, Act] = {
    # CUS-1: owner and department are the caller's; what salespeople may see of their own is shown.
    "createCustomer": Act(
        "salesperson", lambda _: {"kind": "PERSON", "name": " chen ", "phone": "+86 138 0013 8009", "source": "WEB"},
        "customer { name phone source owner { name } department { name } spend { amount } viewerRelation }",
        {"customer": {"name": "chen", "phone": "13800138009", "source": "WEB", "owner": {"name": "salesperson"},
                      "department": {"name": "east"}, "spend": {"amount": "0.00"},
                      "viewerRelation": ["OWN", "DEPARTMENT"]}}),
    # CUS-5: null clears, what is left out stays.
    "updateCustomer": Act(
        "salesperson", lambda c: {"id": c.id("wang"), "email": None, "region": "Suzhou"},
        "customer { email region phone }", {"customer": {"email": None, "region": "Suzhou", "phone": "13800138001"}}),
    "recordPurchase": Act(
        "salesperson", purchase, "purchase { amount { minor } recordedBy { name } } customer { spend { amount } purchaseCount }",
        {"purchase": {"amount": {"minor": 2_950}, "recordedBy": {"name": "salesperson"}},
         "customer": {"spend": {"amount": "180.00"}, "purchaseCount": 3}}),
    "recordInteraction": Act(
        "customer_service", lambda c: {"customerId": c.id("li"), "kind": "COMPLAINT", "summary": "late"},
        "interaction { at kind summary employee { name } customer { phone } }",
        {"interaction": {"at": "2026-11-02T09:30:00+00:00", "kind": "COMPLAINT", "summary": "late",
                         "employee": {"name": "customer_service"}, "customer": {"phone": "*******8002"}}}),
    "setPreference": Act(
        "salesperson", lambda c: {"customerId": c.id("wang"), "topic": "drink", "value": "coffee"},
        "preference { topic value }", {"preference": {"topic": "drink", "value": "coffee"}}),
    "setCustomerTeam": Act(
        "account_manager_owner", lambda c: {"customerId": c.id("zhao"), "employeeIds": [c.id("salesperson"), c.id("legal")]},
        "customer { members { totalCount } }", {"customer": {"members": {"totalCount": 2}}}),
    # CUS-4.
    "recordConsent": Act(
        "salesperson", lambda c: {"customerId": c.id("wang"), "purpose": "INVITATION", "channel": "PAPER", "evidence": " form 3 "},
        "consent { purpose channel givenAt evidence withdrawnAt customer { name } recordedBy { name } }",
        {"consent": {"purpose": "INVITATION", "channel": "PAPER", "givenAt": "2026-11-02T09:30:00+00:00", "evidence": "form 3",
                     "withdrawnAt": None, "customer": {"name": "wang"}, "recordedBy": {"name": "salesperson"}}}),
    "withdrawConsent": Act(
        "customer_service", lambda c: {"id": c.id("consent")}, "consent { purpose withdrawnAt withdrawnBy { name } }",
        {"consent": {"purpose": "RECOMMENDATION", "withdrawnAt": "2026-11-02T09:30:00+00:00",
                     "withdrawnBy": {"name": "customer_service"}}}),
    "setManualTier": Act(
        "marketing_manager",
        lambda c: {"customerId": c.id("wang"), "tierId": c.id("high"), "reason": "strategic partner", "until": LATE},
        "assignment { kind reason reasonEn validUntil tier { code } assignedBy { name } customer { name } }",
        {"assignment": {"kind": "MANUAL", "reason": "strategic partner", "reasonEn": "strategic partner",
                        "validUntil": "2027-11-01T08:00:00+00:00", "tier": {"code": "high"},
                        "assignedBy": {"name": "marketing_manager"}, "customer": {"name": "wang"}}}),
    "setTierThresholds": Act(
        "marketing_manager", rule, "rule { version createdBy { name } scheme { rules { totalCount } } }",
        {"rule": {"version": 1, "createdBy": {"name": "marketing_manager"}, "scheme": {"rules": {"totalCount": 1}}}}),
    "regradeCustomers": Act(
        "leader", lambda c: {"schemeId": c.id("scheme")}, "ruleVersion moved unchanged keptByHand scheme { code }",
        {"ruleVersion": 1, "moved": 2, "unchanged": 0, "keptByHand": 2, "scheme": {"code": "customer_value"}}),
    # ACC-7: administrators keep the organisation.
    "createDepartment": Act(
        "administrator", lambda c: {"name": "north", "kind": "SALES", "parentId": c.id("east")},
        "department { name parent { name } }", {"department": {"name": "north", "parent": {"name": "east"}}}),
    "updateDepartment": Act(
        "administrator", lambda c: {"id": c.id("west"), "name": "far west", "parentId": c.id("east")},
        "department { name kind parent { name } }",
        {"department": {"name": "far west", "kind": "SALES", "parent": {"name": "east"}}}),
    "createEmployee": Act(
        "administrator",
        lambda c: {"name": "sun", "staffNumber": "S-9", "departmentId": c.id("west"), "subject": "sun",
                   "roles": ["finance"], "phone": "13800138010"},
        "employee { name phone department { name } roles { nodes { role } } }",
        {"employee": {"name": "sun", "phone": "13800138010", "department": {"name": "far west"},
                      "roles": {"nodes": [{"role": "finance"}]}}}),
    "updateEmployee": Act(
        "administrator", lambda c: {"id": c.id("legal"), "title": "counsel", "roles": ["legal", "auditor"]},
        "employee { title roles { nodes { role } } }",
        {"employee": {"title": "counsel", "roles": {"nodes": [{"role": "auditor"}, {"role": "legal"}]}}}),
    # ACC-6: a training counts for twelve months.
    "recordQualification": Act(
        "administrator",
        lambda c: {"employeeId": c.id("legal"), "kind": "TRAINING", "obtainedOn": "2026-11-01", "validUntil": None, "note": " course 7 "},
        "qualification { kind obtainedOn validUntil note revokedAt employee { name } recordedBy { name } }",
        {"qualification": {"kind": "TRAINING", "obtainedOn": "2026-11-01", "validUntil": "2027-11-01", "note": "course 7",
                           "revokedAt": None, "employee": {"name": "legal"}, "recordedBy": {"name": "administrator"}}}),
    "revokeQualification": Act(
        "leader", lambda c: {"id": c.id("signed"), "reason": " not signed "},
        "qualification { kind revokedAt revocationReason revokedBy { name } }",
        {"qualification": {"kind": "AGREEMENT", "revokedAt": "2026-11-02T09:30:00+00:00", "revocationReason": "not signed",
                           "revokedBy": {"name": "leader"}}}),
    # BEY-8.
    "breakGlass": Act(
        "customer_service", lambda _: {"reason": WHY, "minutes": 30},
        "emergency { role reason openedAt endsAt endedAt reviewDueOn employee { name } }",
        {"emergency": {"role": "customer_service", "reason": WHY, "openedAt": "2026-11-02T09:30:00+00:00",
                       "endsAt": "2026-11-02T10:00:00+00:00", "endedAt": None, "reviewDueOn": "2026-11-05",
                       "employee": {"name": "customer_service"}}}),
    "endEmergency": Act(
        "auditor", lambda c: {"id": c.id("opened")}, "emergency { endedAt employee { name } }",
        {"emergency": {"endedAt": "2026-11-02T09:30:00+00:00", "employee": {"name": "administrator"}}}),
    "reviewEmergency": Act(
        "auditor", lambda c: {"id": c.id("ended"), "finding": " justified "},
        "emergency { finding reviewedAt reviewedBy { name } }",
        {"emergency": {"finding": "justified", "reviewedAt": "2026-11-02T09:30:00+00:00", "reviewedBy": {"name": "auditor"}}}),
    # ACC-4.
    "suspendEmployee": Act(
        "leader", lambda c: {"employeeId": c.id("technical_support"), "finding": " sold addresses "},
        "employee { suspendedAt suspensionReason } case { finding openedBy { name } closedAt }",
        {"employee": {"suspendedAt": "2026-11-02T09:30:00+00:00", "suspensionReason": "sold addresses"},
         "case": {"finding": "sold addresses", "openedBy": {"name": "leader"}, "closedAt": None}}),
    "restoreEmployee": Act(
        "leader", lambda c: {"employeeId": c.id("salesperson_west")}, "employee { suspendedAt suspensionReason }",
        {"employee": {"suspendedAt": None, "suspensionReason": None}}),
    "recordStatement": Act(
        "leader", lambda c: {"caseId": c.id("case"), "statement": "it was not me"},
        "case { statement statementAt }",
        {"case": {"statement": "it was not me", "statementAt": "2026-11-02T09:30:00+00:00"}}),
    "decideCase": Act(
        "leader", lambda c: {"caseId": c.id("case"), "outcome": "RESTORED", "decision": "nothing found"},
        "case { outcome decision penalty decidedBy { name } closedAt } employee { name suspendedAt }",
        {"case": {"outcome": "RESTORED", "decision": "nothing found", "penalty": None,
                  "decidedBy": {"name": "leader"}, "closedAt": "2026-11-02T09:30:00+00:00"},
         "employee": {"name": "finance", "suspendedAt": None}}),
    "createActivity": Act(
        "marketing_specialist", lambda _: {"title": "Tea evening", "kind": "CLUB", "startsAt": LATE},
        "activity { title status owner { name } department { name } }",
        {"activity": {"title": "Tea evening", "status": "DRAFT", "owner": {"name": "marketing_specialist"},
                      "department": {"name": "east"}}}),
    # A specialist may write what a customer remarked, and of colleagues' customers may not read it again.
    "registerParticipation": Act(
        "marketing_specialist",
        lambda c: {"activityId": c.id("activity"), "customerId": c.id("zhao"), "satisfaction": 4, "remarks": "warm"},
        "participation { status satisfaction remarks customer { phone } }",
        {"participation": {"status": "REGISTERED", "satisfaction": 4, "remarks": None, "customer": {"phone": "*******8003"}}}),
    "recordAssessment": Act(
        "marketing_manager", lambda c: assessment(employeeId=c.id("finance")),
        "assessment { computed grade createdBy { name } department { name } }",
        {"assessment": {"computed": False, "grade": "PASS", "createdBy": {"name": "marketing_manager"},
                        "department": {"name": "east"}}}),
    # ACC-1, BEY-5: a second person decides.
    "proposePolicyChange": Act(
        "administrator", lambda _: {"reason": " audit ", "add": [SHOWN], "remove": ["p,legal,type:Interaction,read,all,allow"]},
        "change { reason state base added removed closedAt proposedBy { name } approval { subjectType decision requestedBy { name } } }",
        {"change": {"reason": "audit", "state": "PROPOSED", "base": 1, "added": [SHOWN],
                    "removed": ["p, legal, type:Interaction, read, all, allow"], "closedAt": None,
                    "proposedBy": {"name": "administrator"},
                    "approval": {"subjectType": "PolicyChange", "decision": None, "requestedBy": {"name": "administrator"}}}}),
    "approvePolicyChange": Act(
        "leader", lambda c: {"id": c.id("proposed"), "comment": " fine "},
        "change { state approval { decision comment decidedBy { name } } }",
        {"change": {"state": "APPROVED", "approval": {"decision": "APPROVED", "comment": "fine", "decidedBy": {"name": "leader"}}}}),
    "rejectPolicyChange": Act(
        "leader", lambda c: {"id": c.id("second")}, "change { state closedAt approval { decision } }",
        {"change": {"state": "REJECTED", "closedAt": "2026-11-02T09:30:00+00:00", "approval": {"decision": "REJECTED"}}}),
    "withdrawPolicyChange": Act(
        "administrator", lambda c: {"id": c.id("proposed")}, "change { state approval { decision } }",
        {"change": {"state": "WITHDRAWN", "approval": {"decision": "APPROVED"}}}),
    "applyPolicyChange": Act(
        "administrator", lambda c: {"id": c.id("approved")}, "version { number by { name } change { state } }",
        {"version": {"number": 2, "by": {"name": "administrator"}, "change": {"state": "APPLIED"}}}),
    "rollBackPolicies": Act(
        "administrator", lambda _: {"reason": "too much"}, "version { number reason change { id } }",
        {"version": {"number": 3, "reason": "too much", "change": None}}),
    # BEY-9: a right is decided on with a reason; a review without open rights is closed.
    "decideReviewItem": Act(
        "leader", lambda c: {"itemId": c.id("right"), "decision": "KEEP", "reason": " books need it "},
        "item { decision reason byHolder decidedBy { name } }",
        {"item": {"decision": "KEEP", "reason": "books need it", "byHolder": False, "decidedBy": {"name": "leader"}}}),
    "closeAccessReview": Act(
        "leader", lambda c: {"id": c.id("settled")}, "review { state change { id } closedBy { name } }",
        {"review": {"state": "CLOSED", "change": None, "closedBy": {"name": "leader"}}}),
}  # fmt: skip

UNKNOWN = {
    prefix: f"{prefix}_{NOBODY}"
    for prefix in ("cus", "emp", "dep", "sch", "tie", "act", "pch", "cas", "con", "qua", "emg", "rev", "rit")
}

ENDS: dict[str, tuple[End, ...]] = {
    "createCustomer": (
        End("salesperson", lambda _: {"kind": "PERSON", "name": " "}, "InvalidInput", "name"),
        End("salesperson", lambda _: {"kind": "PERSON", "name": "x", "phone": "12"}, "InvalidInput", "phone"),
        End("leader", lambda _: {"kind": "PERSON", "name": "x", "ownerId": UNKNOWN["emp"]}, "NotFound", "ownerId"),
        End("salesperson", lambda _: {"kind": "PERSON", "name": "x", "number": "li"}, "Conflict", "number"),
        End("salesperson", lambda _: {"kind": "PERSON", "name": "x", "phone": "13800138001"}, "DuplicateCustomer", "phone")),
    "updateCustomer": (
        End("salesperson", lambda c: {"id": c.id("wang"), "email": "none"}, "InvalidInput", "email"),
        End("salesperson", lambda c: {"id": c.id("wang"), "name": None}, "InvalidInput", "name"),
        End("salesperson", lambda c: {"id": c.id("li"), "region": "x"}, "NotFound", "id"),
        End("leader", lambda _: {"id": UNKNOWN["cus"], "region": "x"}, "NotFound", "id"),
        End("salesperson", lambda c: {"id": c.id("wang"), "number": "zhao"}, "Conflict", "number"),
        End("leader", lambda c: {"id": c.id("li"), "phone": "13800138001"}, "DuplicateCustomer", "phone")),
    "recordPurchase": (
        End("salesperson", lambda c: purchase(c, at=LATE), "InvalidInput", "at"),
        End("salesperson", lambda c: purchase(c, amount={"amount": "-1", "currency": "CNY"}), "InvalidInput", "amount"),
        End("salesperson", lambda c: purchase(c, amount={"amount": "1.005", "currency": "CNY"}), "InvalidInput", "amount"),
        End("salesperson", lambda c: purchase(c, quantity=0), "InvalidInput", "quantity"),
        End("salesperson", lambda c: purchase(c, customerId=c.id("li")), "NotFound", "customerId"),
        End("salesperson", lambda c: purchase(c, reference="A-1"), "Conflict", "reference")),
    "recordInteraction": (
        End("customer_service", lambda c: {"customerId": c.id("li"), "kind": "CALL", "at": LATE}, "InvalidInput", "at"),
        End("customer_service", lambda _: {"customerId": UNKNOWN["cus"], "kind": "CALL"}, "NotFound", "customerId")),
    "setPreference": (
        End("salesperson", lambda c: {"customerId": c.id("wang"), "topic": " ", "value": "x"}, "InvalidInput", "topic"),
        End("salesperson", lambda c: {"customerId": c.id("li"), "topic": "x", "value": "x"}, "NotFound", "customerId")),
    "setCustomerTeam": (
        End("leader", lambda c: {"customerId": c.id("li"), "employeeIds": [UNKNOWN["emp"]]}, "NotFound", "employeeIds"),
        End("leader", lambda _: {"customerId": UNKNOWN["cus"], "employeeIds": []}, "NotFound", "customerId")),
    "recordConsent": (
        End("salesperson", lambda c: {"customerId": c.id("wang"), "purpose": "CARE", "channel": "SMS"}, "InvalidInput", "purpose"),
        End("salesperson", lambda c: {"customerId": c.id("wang"), "purpose": "INVITATION", "channel": "SMS", "givenAt": LATE},
            "InvalidInput", "givenAt"),
        End("salesperson", lambda c: {"customerId": c.id("li"), "purpose": "INVITATION", "channel": "SMS"}, "NotFound", "customerId"),
        End("salesperson", lambda c: {"customerId": c.id("wang"), "purpose": "RECOMMENDATION", "channel": "SMS"},
            "Conflict", "purpose")),
    "withdrawConsent": (
        End("salesperson_west", lambda c: {"id": c.id("consent")}, "NotFound", "id"),
        End("leader", lambda _: {"id": UNKNOWN["con"]}, "NotFound", "id")),
    "setManualTier": (
        End("leader", lambda c: {**ACTS["setManualTier"].given(c), "reason": " "}, "InvalidInput", "reason"),
        End("leader", lambda c: {**ACTS["setManualTier"].given(c), "until": SOON}, "InvalidInput", "until"),
        End("leader", lambda c: {**ACTS["setManualTier"].given(c), "tierId": UNKNOWN["tie"]}, "NotFound", "tierId"),
        End("leader", lambda c: {**ACTS["setManualTier"].given(c), "customerId": UNKNOWN["cus"]}, "NotFound", "customerId")),
    "setTierThresholds": (
        End("leader", lambda c: rule(c, tiers=[]), "InvalidInput", "tiers"),
        End("leader", lambda c: rule(c, windowDays=0), "InvalidInput", "windowDays"),
        End("leader", lambda c: rule(c, schemeId=UNKNOWN["sch"]), "NotFound", "schemeId")),
    "regradeCustomers": (
        End("leader", lambda c: {"schemeId": c.id("scheme"), "asOf": LATE}, "InvalidInput", "asOf"),
        End("leader", lambda _: {"schemeId": UNKNOWN["sch"]}, "NotFound", "schemeId")),
    "createDepartment": (
        End("leader", lambda _: {"name": " ", "kind": "SALES"}, "InvalidInput", "name"),
        End("leader", lambda _: {"name": "x", "kind": "SALES", "parentId": UNKNOWN["dep"]}, "NotFound", "parentId")),
    "updateDepartment": (
        End("leader", lambda c: {"id": c.id("east"), "name": None}, "InvalidInput", "name"),
        End("leader", lambda _: {"id": UNKNOWN["dep"], "name": "x"}, "NotFound", "id"),
        End("leader", lambda c: {"id": c.id("east"), "parentId": c.id("harbour")}, "OwnAncestor", "parentId")),
    "createEmployee": (
        End("leader", lambda c: {"name": "", "staffNumber": "x", "departmentId": c.id("east")}, "InvalidInput", "name"),
        End("leader", lambda _: {"name": "x", "staffNumber": "x", "departmentId": UNKNOWN["dep"]}, "NotFound", "departmentId"),
        End("leader", lambda c: {"name": "x", "staffNumber": "legal", "departmentId": c.id("east")}, "Conflict", "staffNumber"),
        End("leader", lambda c: {"name": "x", "staffNumber": "x", "departmentId": c.id("east"), "roles": ["god"]},
            "UnknownRole", "roles")),
    "updateEmployee": (
        End("leader", lambda c: {"id": c.id("finance"), "email": "@"}, "InvalidInput", "email"),
        End("leader", lambda _: {"id": UNKNOWN["emp"], "title": "x"}, "NotFound", "id"),
        End("leader", lambda c: {"id": c.id("finance"), "staffNumber": "legal"}, "Conflict", "staffNumber"),
        End("leader", lambda c: {"id": c.id("finance"), "roles": ["everyone"]}, "UnknownRole", "roles"),
        End("leader", lambda c: {"id": c.id("leader"), "roles": []}, "NotYourself", "id")),
    "recordQualification": (
        End("leader", lambda c: qualification(c, obtainedOn="2026-11-03"), "InvalidInput", "obtainedOn"),
        End("leader", lambda c: qualification(c, validUntil="2027-11-01"), "InvalidInput", "validUntil"),
        End("leader", lambda c: qualification(c, employeeId=UNKNOWN["emp"]), "NotFound", "employeeId"),
        End("leader", lambda c: qualification(c, employeeId=c.id("leader")), "NotYourself", "employeeId")),
    "revokeQualification": (
        End("leader", lambda c: {"id": c.id("signed"), "reason": " "}, "InvalidInput", "reason"),
        End("leader", lambda _: {"id": UNKNOWN["qua"], "reason": "x"}, "NotFound", "id")),
    "breakGlass": (
        End("customer_service", lambda _: {"reason": "too short", "minutes": 30}, "InvalidInput", "reason"),
        End("customer_service", lambda _: {"reason": WHY, "minutes": 241}, "InvalidInput", "minutes")),
    "endEmergency": (
        End("auditor", lambda _: {"id": UNKNOWN["emg"]}, "NotFound", "id"),
        End("account_manager", lambda c: {"id": c.id("opened")}, "NotFound", "id")),
    "reviewEmergency": (
        End("auditor", lambda c: {"id": c.id("ended"), "finding": " "}, "InvalidInput", "finding"),
        End("auditor", lambda _: {"id": UNKNOWN["emg"], "finding": "x"}, "NotFound", "id"),
        End("auditor", lambda c: {"id": c.id("opened"), "finding": "x"}, "Conflict", "id"),
        End("auditor", lambda c: {"id": c.id("own"), "finding": "x"}, "NotYourself", "id")),
    "suspendEmployee": (
        End("leader", lambda c: {"employeeId": c.id("legal"), "finding": " "}, "InvalidInput", "finding"),
        End("leader", lambda _: {"employeeId": UNKNOWN["emp"], "finding": "x"}, "NotFound", "employeeId"),
        End("leader", lambda c: {"employeeId": c.id("finance"), "finding": "x"}, "Conflict", "employeeId"),
        End("leader", lambda c: {"employeeId": c.id("leader"), "finding": "x"}, "NotYourself", "employeeId")),
    "restoreEmployee": (
        End("leader", lambda _: {"employeeId": UNKNOWN["emp"]}, "NotFound", "employeeId"),
        End("leader", lambda c: {"employeeId": c.id("finance")}, "Conflict", "employeeId"),
        End("leader", lambda c: {"employeeId": c.id("leader")}, "NotYourself", "employeeId")),
    "recordStatement": (
        End("leader", lambda c: {"caseId": c.id("case"), "statement": " "}, "InvalidInput", "statement"),
        End("leader", lambda _: {"caseId": UNKNOWN["cas"], "statement": "x"}, "NotFound", "caseId"),
        End("leader", lambda c: {"caseId": c.id("closed"), "statement": "x"}, "Conflict", "caseId")),
    "decideCase": (
        End("leader", lambda c: {"caseId": c.id("case"), "outcome": "PENALTY", "decision": "x"}, "InvalidInput", "penalty"),
        End("leader", lambda _: {"caseId": UNKNOWN["cas"], "outcome": "DISMISSED", "decision": "x"}, "NotFound", "caseId"),
        End("leader", lambda c: {"caseId": c.id("closed"), "outcome": "DISMISSED", "decision": "x"}, "Conflict", "caseId"),
        End("administrator", lambda c: {"caseId": c.id("case"), "outcome": "RESTORED", "decision": "x"}, "FourEyes", "caseId")),
    "createActivity": (
        End("leader", lambda _: {"title": "x", "kind": "CLUB", "startsAt": LATE, "endsAt": SOON}, "InvalidInput", "endsAt"),),
    "registerParticipation": (
        End("leader", lambda c: {"activityId": c.id("activity"), "customerId": c.id("li"), "satisfaction": 6},
            "InvalidInput", "satisfaction"),
        End("leader", lambda c: {"activityId": UNKNOWN["act"], "customerId": c.id("li")}, "NotFound", "activityId"),
        End("leader", lambda c: {"activityId": c.id("activity"), "customerId": UNKNOWN["cus"]}, "NotFound", "customerId"),
        End("leader", lambda c: {"activityId": c.id("activity"), "customerId": c.id("wang")}, "Conflict", "activityId")),
    "recordAssessment": (
        End("leader", lambda _: assessment(periodEnd="2026-09-01"), "InvalidInput", "periodEnd"),
        End("leader", lambda _: assessment(employeeId=UNKNOWN["emp"]), "NotFound", "employeeId")),
    "proposePolicyChange": (
        End("administrator", lambda _: {"reason": " ", "add": [SHOWN]}, "InvalidInput", "reason"),
        End("administrator", lambda _: {"reason": "x", "add": [SHOWN, "p, god"]}, "PolicyRefused", "add"),
        End("administrator", lambda _: {"reason": "x", "remove": [SHOWN]}, "PolicyRefused", "remove")),
    "approvePolicyChange": (
        End("leader", lambda c: {"id": c.id("proposed"), "comment": "\x07"}, "InvalidInput", "comment"),
        End("leader", lambda _: {"id": UNKNOWN["pch"]}, "NotFound", "id"),
        End("leader", lambda c: {"id": c.id("approved")}, "Conflict", "id"),
        End("administrator", lambda c: {"id": c.id("proposed")}, "FourEyes", "id")),
    "rejectPolicyChange": (
        End("leader", lambda c: {"id": c.id("proposed"), "comment": "\x07"}, "InvalidInput", "comment"),
        End("leader", lambda _: {"id": UNKNOWN["pch"]}, "NotFound", "id"),
        End("leader", lambda c: {"id": c.id("approved")}, "Conflict", "id"),
        End("administrator", lambda c: {"id": c.id("proposed")}, "FourEyes", "id")),
    "withdrawPolicyChange": (
        End("administrator", lambda _: {"id": UNKNOWN["pch"]}, "NotFound", "id"),
        End("administrator", lambda c: {"id": c.id("withdrawn")}, "Conflict", "id")),
    "applyPolicyChange": (
        End("administrator", lambda _: {"id": UNKNOWN["pch"]}, "NotFound", "id"),
        End("administrator", lambda c: {"id": c.id("proposed")}, "Conflict", "id")),
    "rollBackPolicies": (
        End("administrator", lambda _: {"reason": " "}, "InvalidInput", "reason"),
        End("administrator", lambda _: {"reason": "x"}, "Conflict", None)),
    "decideReviewItem": (
        End("leader", lambda c: {"itemId": c.id("right"), "decision": "KEEP", "reason": " "}, "InvalidInput", "reason"),
        End("leader", lambda c: {"itemId": c.id("right"), "decision": "KEEP", "reason": "x", "replacement": SHOWN}, "InvalidInput", "replacement"),
        End("leader", lambda _: {"itemId": UNKNOWN["rit"], "decision": "KEEP", "reason": "x"}, "NotFound", "itemId"),
        End("leader", lambda c: {"itemId": c.id("kept"), "decision": "KEEP", "reason": "x"}, "Conflict", "itemId"),
        End("leader", lambda c: {"itemId": c.id("mine"), "decision": "KEEP", "reason": "x"}, "FourEyes", "itemId"),
        End("leader", lambda c: {"itemId": c.id("right"), "decision": "CHANGE", "reason": "x",
                                 "replacement": "p, finance, class:secrets, show, all, allow"}, "PolicyRefused", "replacement")),
    "closeAccessReview": (
        End("leader", lambda _: {"id": UNKNOWN["rev"]}, "NotFound", "id"),
        End("leader", lambda c: {"id": c.id("review")}, "Conflict", "id"),
        End("leader", lambda c: {"id": c.id("shut")}, "Conflict", "id"),
        End("leader", lambda c: {"id": c.id("locking")}, "PolicyRefused", "id")),
}  # fmt: skip

NEVER = {
    "closeAccessReview": {"InvalidInput"},
    "withdrawConsent": {"Conflict", "InvalidInput"},
    **{key: {"Conflict"} for key in ("recordQualification", "revokeQualification")},
    "breakGlass": {"NotFound"},
    "endEmergency": {"Conflict", "InvalidInput"},
    **{key: {"Conflict"} for key in ("recordInteraction", "setPreference", "setManualTier", "setTierThresholds", "regradeCustomers", "createDepartment", "updateDepartment", "createActivity", "recordAssessment")},
    "setCustomerTeam": {"Conflict", "InvalidInput"},
    "restoreEmployee": {"InvalidInput"},
    **{key: {"NotYourself"} for key in ("recordStatement", "decideCase")},
    "createActivity": {"Conflict", "NotFound"},
    "createEmployee": {"NobodyLeft"},
    "proposePolicyChange": {"Conflict", "NotFound"},
    "withdrawPolicyChange": {"InvalidInput"},
    "applyPolicyChange": {"InvalidInput"},
    "rollBackPolicies": {"NotFound"},
}  # fmt: skip
"""Declared, because every mutation declares the common ones, and without a way to end in it."""
