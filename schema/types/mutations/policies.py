"""Changes of the policies (ACC-1, BEY-5)."""

from __future__ import annotations

from typing import Any

import strawberry

from core.approvals.choices import Decision
from core.approvals.errors import FourEyes
from core.policies import models
from core.policies.errors import PolicyMoved, PolicyRefused
from core.policies.keeper import PolicyKeeper
from core.policies.service import PolicyService
from schema.types.policies import PolicyChange, PolicyVersion
from schema.vocabulary.mutations import Call, Input, accepts_id, changed, key_in, mutation


def _service(call: Call) -> PolicyService:
    return PolicyService(call.work, call.viewer, call.services[PolicyKeeper])


@strawberry.input(description="Lines that shall count together, and why.")
class ProposePolicyChangeInput(Input):
    """Lines are written as in roles.csv and grants.csv."""

    reason: str = strawberry.field(description="Why; kept with the change and its version.")
    add: list[str] = strawberry.field(
        default_factory=list,
        description="Lines to add: `p, ROLE, OBJECT, ACT, RELATION, allow|deny`, "
        "`role, NAME, English, 中文` or `g, ROLE, INHERITED`.",
    )
    remove: list[str] = strawberry.field(
        default_factory=list, description="Lines to remove, written as they are in force."
    )


@strawberry.type(description="The change that waits for a second person.")
class ProposePolicyChangePayload:
    """Payload of proposePolicyChange."""

    change: PolicyChange | None = changed(models.PolicyChange, "The change.")


@mutation(
    ProposePolicyChangePayload,
    "Propose a change of the policies. Nothing counts before a second person approved it and it was applied.",
    PolicyRefused,
)
async def propose_policy_change(call: Call, given: ProposePolicyChangeInput) -> dict[str, Any]:
    """ACC-1."""
    return {"change": (await _service(call).propose(given.reason, given.add, given.remove)).id}


@strawberry.input(description="Which change is approved.")
class ApprovePolicyChangeInput(Input):
    """Somebody else's."""

    id: strawberry.ID = accepts_id(models.PolicyChange, "The change.")
    comment: str | None = strawberry.field(default=None, description="What to say with it.")


@strawberry.type(description="The change, which may now be applied.")
class ApprovePolicyChangePayload:
    """Payload of approvePolicyChange."""

    change: PolicyChange | None = changed(models.PolicyChange, "The change.")


@mutation(ApprovePolicyChangePayload, "Approve a change that somebody else proposed.", FourEyes)
async def approve_policy_change(call: Call, given: ApprovePolicyChangeInput) -> dict[str, Any]:
    """BEY-5."""
    row = await _service(call).decide(key_in(given, "id"), Decision.APPROVED, given.comment)
    return {"change": row.id}


@strawberry.input(description="Which change is rejected.")
class RejectPolicyChangeInput(Input):
    """Somebody else's."""

    id: strawberry.ID = accepts_id(models.PolicyChange, "The change.")
    comment: str | None = strawberry.field(default=None, description="What to say with it.")


@strawberry.type(description="The change, which will not count.")
class RejectPolicyChangePayload:
    """Payload of rejectPolicyChange."""

    change: PolicyChange | None = changed(models.PolicyChange, "The change.")


@mutation(RejectPolicyChangePayload, "Reject a change that somebody else proposed.", FourEyes)
async def reject_policy_change(call: Call, given: RejectPolicyChangeInput) -> dict[str, Any]:
    """BEY-5."""
    row = await _service(call).decide(key_in(given, "id"), Decision.REJECTED, given.comment)
    return {"change": row.id}


@strawberry.input(description="Which change is withdrawn.")
class WithdrawPolicyChangeInput(Input):
    """One that does not count yet."""

    id: strawberry.ID = accepts_id(models.PolicyChange, "The change.")


@strawberry.type(description="The change, which will not count.")
class WithdrawPolicyChangePayload:
    """Payload of withdrawPolicyChange."""

    change: PolicyChange | None = changed(models.PolicyChange, "The change.")


@mutation(WithdrawPolicyChangePayload, "Withdraw a proposed or approved change before it counts.")
async def withdraw_policy_change(call: Call, given: WithdrawPolicyChangeInput) -> dict[str, Any]:
    """BEY-5."""
    return {"change": (await _service(call).withdraw(key_in(given, "id"))).id}


@strawberry.input(description="Which change is applied.")
class ApplyPolicyChangeInput(Input):
    """An approved one."""

    id: strawberry.ID = accepts_id(models.PolicyChange, "The change.")


@strawberry.type(description="The version that came into force.")
class ApplyPolicyChangePayload:
    """Payload of applyPolicyChange."""

    version: PolicyVersion | None = changed(models.PolicyVersion, "The version; it names the change.")


@mutation(
    ApplyPolicyChangePayload,
    "Put an approved change in force: at once here, within seconds in every other process.",
    PolicyMoved,
    PolicyRefused,
)
async def apply_policy_change(call: Call, given: ApplyPolicyChangeInput) -> dict[str, Any]:
    """PRM-8."""
    return {"version": (await _service(call).apply(key_in(given, "id"))).id}


@strawberry.input(description="Why the newest version is taken back.")
class RollBackPoliciesInput(Input):
    """One step."""

    reason: str = strawberry.field(description="Why; kept with the version.")


@strawberry.type(description="The version that came into force.")
class RollBackPoliciesPayload:
    """Payload of rollBackPolicies."""

    version: PolicyVersion | None = changed(models.PolicyVersion, "The version.")


@mutation(
    RollBackPoliciesPayload,
    "Take the newest version back: a new one has the lines of the version before. Again undoes that.",
    PolicyRefused,
)
async def roll_back_policies(call: Call, given: RollBackPoliciesInput) -> dict[str, Any]:
    """BEY-5."""
    return {"version": (await _service(call).roll_back(given.reason)).id}


MUTATIONS = (
    propose_policy_change,
    approve_policy_change,
    reject_policy_change,
    withdraw_policy_change,
    apply_policy_change,
    roll_back_policies,
)
