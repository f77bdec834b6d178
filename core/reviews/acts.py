"""By which records the use of an act is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """What records of an act's use have: one of these operations, one of these fields, or rows of a type."""

    operations: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    about: str | None = None

    @property
    def recorded(self) -> bool:
        """Whether the use leaves any record."""
        return bool(self.operations or self.fields or self.about)


def _by(*operations: str) -> Done:
    return Done(frozenset(operations))


ACTS: Mapping[tuple[str, str], Done] = {
    ("Department", "create"): _by("createDepartment"),
    ("Department", "update"): _by("updateDepartment"),
    ("Employee", "create"): _by("createEmployee"),
    ("Employee", "update"): _by("updateEmployee"),
    ("Employee", "assign"): Done(
        fields=frozenset({"Employee.department", "Employee.subject", "Employee.roles", "EmployeeRole.role"})
    ),
    ("Employee", "suspend"): _by("suspendEmployee", "restoreEmployee"),
    ("Employee", "explain"): Done(),
    ("EmployeeQualification", "record"): _by("recordQualification"),
    ("EmployeeQualification", "revoke"): _by("revokeQualification"),
    ("Emergency", "open"): _by("breakGlass", "endEmergency"),
    ("Emergency", "review"): _by("reviewEmergency"),
    ("AbuseCase", "lead"): _by("recordStatement"),
    ("AbuseCase", "decide"): _by("decideCase"),
    ("Customer", "create"): _by("createCustomer"),
    ("Customer", "update"): _by("updateCustomer"),
    ("Customer", "assign"): Done(
        frozenset({"setCustomerTeam"}), frozenset({"Customer.owner", "Customer.department"})
    ),
    ("Purchase", "record"): _by("recordPurchase"),
    ("Interaction", "record"): _by("recordInteraction"),
    ("Preference", "record"): _by("setPreference"),
    ("Consent", "record"): _by("recordConsent", "withdrawConsent"),
    ("TierScheme", "update"): _by("setTierThresholds"),
    ("TierScheme", "regrade"): _by("regradeCustomers"),
    ("TierAssignment", "assign"): _by("setManualTier"),
    ("Activity", "create"): _by("createActivity"),
    ("Participation", "record"): _by("registerParticipation"),
    ("Assessment", "record"): _by("recordAssessment"),
    ("PolicyChange", "propose"): _by("proposePolicyChange", "withdrawPolicyChange"),
    ("PolicyChange", "approve"): _by("approvePolicyChange", "rejectPolicyChange"),
    ("PolicyChange", "apply"): _by("applyPolicyChange"),
    ("PolicyChange", "test"): Done(),
    ("PolicyVersion", "rollBack"): _by("rollBackPolicies"),
    ("AccessReview", "decide"): _by("decideReviewItem", "closeAccessReview"),
    ("AccessReview", "decideRaised"): _by("decideReviewItem", "closeAccessReview"),
}
"""The core's acts, by type; what reads alone leaves no record."""


def done_by(type_name: str, act: str) -> Done:
    """By which records an act is known; of a plugin's acts it is known that rows of the type were written."""
    return ACTS.get((type_name, act)) or Done(about=type_name)
