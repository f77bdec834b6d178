"""Nobody may lock everybody out: somebody must stay who changes policies, and somebody else who approves.

And somebody who gives roles: while they are there, people may be suspended and roles be taken, for whoever
changes policies can be had anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from uuid import UUID

from core.access.plan import AccessPlan, Catalogue
from core.access.rules import READ, Policy, PolicyError, Rule
from core.organization.keepers import keeping_roles
from core.organization.permissions import ASSIGN_EMPLOYEE, UPDATE_EMPLOYEE
from core.policies.change import Change, changed
from core.policies.permissions import APPLY_CHANGE, APPROVE_CHANGE, PROPOSE_CHANGE
from core.text import Text

Holders = Mapping[UUID, Collection[str]]
"""Employees who may sign in, with their roles."""

SUBJECT, GIVING = f"type:{PROPOSE_CHANGE.type}", f"type:{ASSIGN_EMPLOYEE.type}"
MOST_TRIED = 50
LOCKOUT = Text(
    "after this nobody could change the policies any more: one employee must be able to propose and apply "
    "changes ({propose}, {apply} on {object}), and another one to approve them ({approve}); "
    "leave this as it is, or give these acts to a role that somebody holds",
    "此后将无人可变更策略：须有一名员工可提出并执行变更（{object} 的 {propose}、{apply}），"
    "另有一人可审批（{approve}）；请保留此项，或将这些动作授予有人担任的角色",
)
NOBODY_GIVES = Text(
    "after this nobody could give roles any more: one employee must be able to do so for all "
    "({read}, {update} and {assign} on {object}); leave this as it is, or give these acts to a role that "
    "somebody holds",
    "此后将无人可分配角色：须有一名员工可为所有人分配（{object} 的 {read}、{update}、{assign}）；"
    "请保留此项，或将这些动作授予有人担任的角色",
)


def lockouts(policy: Policy, change: Change, catalogue: Catalogue, holders: Holders) -> Iterator[PolicyError]:
    """A fault for each line of the change that takes the last right away; nothing else is compared."""
    giving = {"read": READ, "update": UPDATE_EMPLOYEE.act, "assign": ASSIGN_EMPLOYEE.act}
    acts = {"propose": PROPOSE_CHANGE.act, "apply": APPLY_CHANGE.act, "approve": APPROVE_CHANGE.act}
    for place in _guilty(policy, change, SUBJECT, lambda after: power(after, catalogue, holders)):
        yield PolicyError(place, LOCKOUT, object=SUBJECT, **acts)
    for place in _guilty(policy, change, GIVING, lambda after: (_gives(after, catalogue, holders),)):
        yield PolicyError(place, NOBODY_GIVES, object=GIVING, **giving)


def _guilty(
    policy: Policy, change: Change, subject: str, rights: Callable[[Policy], Iterable[bool]]
) -> list[str]:
    """The places of the lines by which the change takes one of the rights; none where it takes none."""
    now = [*rights(policy)]

    def safe(part: Change) -> bool:
        after = rights(changed(policy, part) if part else policy)
        return all(one >= before for one, before in zip(after, now, strict=True))

    if safe(change):
        return []
    suspects = [
        (place, line)
        for place, line in (*change.remove, *change.add)
        if not isinstance(line, Rule) or line.object == subject
    ]
    guilty = [one for one in suspects[:MOST_TRIED] if safe(_without(change, one))]
    return [place for place, _ in guilty or suspects]


def _gives(policy: Policy, catalogue: Catalogue, holders: Holders) -> bool:
    giving = set(keeping_roles(catalogue, policy))
    return any(giving.intersection(roles) for roles in holders.values())


def power(policy: Policy, catalogue: Catalogue, holders: Holders) -> tuple[bool, bool, bool]:
    """Whether somebody may propose and apply, whether somebody may approve, and whether they are two."""
    spoken = policy.about(SUBJECT)
    acts = {role: _acts(AccessPlan(catalogue, spoken.rules_of((role,)))) for role in spoken.roles}
    changing: set[UUID] = set()
    approving: set[UUID] = set()
    for employee, roles in holders.items():
        allowed = set().union(*(acts.get(role, ()) for role in roles))
        if {PROPOSE_CHANGE.act, APPLY_CHANGE.act} <= allowed:
            changing.add(employee)
        if APPROVE_CHANGE.act in allowed:
            approving.add(employee)
    both = bool(changing and approving and len(changing | approving) > 1)
    return bool(changing), bool(approving), both


def _acts(plan: AccessPlan) -> set[str]:
    """What may be done to changes that may also be seen."""
    wanted = (PROPOSE_CHANGE, APPLY_CHANGE, APPROVE_CHANGE)
    return {p.act for p in wanted if plan.cells(p.type, p.act) & plan.rows(p.type)}


def _without(change: Change, one: object) -> Change:
    return Change(
        tuple(line for line in change.add if line != one),
        tuple(line for line in change.remove if line != one),
    )
