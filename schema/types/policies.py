"""Policies: their versions, the lines of each, and proposed changes."""

from __future__ import annotations

import strawberry

from core.policies import models
from core.policies.choices import ChangeState
from schema.types.approvals import Approval
from schema.types.organization import Employee
from schema.vocabulary import DateTime, Json, Node, stored, to_one
from schema.vocabulary.enums import expose

expose(ChangeState)


@strawberry.type(description="Lines of the policies that somebody wants added and removed, together.")
class PolicyChange(Node):
    """GraphQL form of `core.policies.models.PolicyChange`."""

    reason: str | None = stored(models.PolicyChange.reason)
    state: ChangeState | None = stored(models.PolicyChange.state)
    base: int | None = stored(models.PolicyChange.base)
    added: Json | None = stored(models.PolicyChange.added)
    removed: Json | None = stored(models.PolicyChange.removed)
    proposed_at: DateTime = stored(models.PolicyChange.proposed_at)
    proposed_by: Employee | None = to_one(models.PolicyChange.proposed_by_id)
    closed_at: DateTime | None = stored(models.PolicyChange.closed_at)
    approval: Approval | None = to_one(models.PolicyChange.approval_id)


@strawberry.type(description="A state of all policies; the one with the highest number is in force.")
class PolicyVersion(Node):
    """GraphQL form of `core.policies.models.PolicyVersion`."""

    number: int = stored(models.PolicyVersion.number)
    at: DateTime = stored(models.PolicyVersion.at)
    by: Employee | None = to_one(models.PolicyVersion.by_id)
    reason: str | None = stored(models.PolicyVersion.reason)
    change: PolicyChange | None = to_one(models.PolicyVersion.change_id)


@strawberry.type(description="A declared role: the line `role, NAME, English, 中文`.")
class PolicyRole(Node):
    """GraphQL form of `core.policies.models.PolicyRole`."""

    name: str | None = stored(models.PolicyRole.name)
    title_en: str | None = stored(models.PolicyRole.title_en)
    title_zh: str | None = stored(models.PolicyRole.title_zh)
    since: int = stored(models.PolicyRole.since)
    until: int | None = stored(models.PolicyRole.until)


@strawberry.type(description="A role has all that another one has: the line `g, ROLE, INHERITED`.")
class PolicyInheritance(Node):
    """GraphQL form of `core.policies.models.PolicyInheritance`."""

    role: str | None = stored(models.PolicyInheritance.role)
    inherits: str | None = stored(models.PolicyInheritance.inherits)
    since: int = stored(models.PolicyInheritance.since)
    until: int | None = stored(models.PolicyInheritance.until)


@strawberry.type(description="A rule: the line `p, ROLE, OBJECT, ACT, RELATION, EFFECT`.")
class PolicyRule(Node):
    """GraphQL form of `core.policies.models.PolicyRule`."""

    role: str | None = stored(models.PolicyRule.role)
    object: str | None = stored(models.PolicyRule.object)
    act: str | None = stored(models.PolicyRule.act)
    relation: str | None = stored(models.PolicyRule.relation)
    effect: str | None = stored(models.PolicyRule.effect)
    since: int = stored(models.PolicyRule.since)
    until: int | None = stored(models.PolicyRule.until)
