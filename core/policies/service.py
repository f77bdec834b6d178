"""Changing policies (ACC-1, BEY-5): propose, decide, apply, go back. Each version is made under one lock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import Permission, allowed_on, allowed_somewhere
from core.access.lines import write_line
from core.access.reasons import explained
from core.access.rules import Policy, PolicyError
from core.access.viewer import Viewer
from core.approvals import service as approvals
from core.approvals.choices import Decision
from core.approvals.service import Subject, person_of
from core.audit.choices import AuditKind
from core.audit.records import record
from core.db.database import UnitOfWork
from core.errors import Conflict, Forbidden
from core.events.publish import publish
from core.organization.models import Employee, EmployeeRole
from core.policies import permissions
from core.policies.change import Change, between, faults_in, misfits, read_change
from core.policies.choices import ChangeState
from core.policies.errors import PolicyMoved, PolicyRefused
from core.policies.events import PoliciesChanged
from core.policies.keeper import PolicyKeeper
from core.policies.lockout import Holders, lockouts
from core.policies.models import PolicyChange, PolicyVersion
from core.policies.store import Version, backwards, lock, put_in_force
from core.text import Text

CHANGE = Text("change of the policies", "策略变更")
NOT_OPEN = Text("the change is {state} already", "该变更已处于 {state} 状态")
NOT_APPROVED = Text(
    "the change is {state}; only an approved one can be applied",
    "该变更处于 {state} 状态；仅已批准的变更可执行",
)
NO_POLICIES = Text("there are no policies here yet; start the server once", "尚无策略；请先启动一次服务")
FIRST = Text("this is the first version; there is none before it", "这是第一版，之前没有版本")


def _decided(change: PolicyChange, decision: Decision, work: UnitOfWork) -> None:
    rejected = decision is Decision.REJECTED
    change.state = ChangeState.REJECTED if rejected else ChangeState.APPROVED
    change.closed_at = work.clock.now() if rejected else None


SUBJECT = Subject(
    PolicyChange,
    permissions.APPROVE_CHANGE,
    CHANGE,
    authors=lambda change: (change.proposed_by_id,),
    decided=_decided,
)
"""A change of policies as a thing that is approved."""


@dataclass(frozen=True)
class PolicyService:
    """The policies, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer
    keeper: PolicyKeeper

    async def propose(self, reason: str, add: Sequence[str], remove: Sequence[str]) -> PolicyChange:
        """Propose lines to add and to remove; POLICY_REFUSED names all that can't count."""
        allowed_somewhere(self.viewer, permissions.PROPOSE_CHANGE)
        person = person_of(self.viewer)
        why = explained("reason", reason)
        now = await self._newest()
        malformed: list[PolicyError] = []
        change = read_change(add, remove, malformed)
        await self._check(now.policy, change, malformed, fits=False)
        row = PolicyChange(
            id=self.work.ids.new(),
            reason=why,
            state=ChangeState.PROPOSED,
            base=now.number,
            added=[write_line(line) for _, line in change.add],
            removed=[write_line(line) for _, line in change.remove],
            proposed_by_id=person,
            proposed_at=self.work.clock.now(),
        )
        self.work.session.add(row)
        await self.work.session.flush()
        await approvals.request(self.work, self.viewer, row)
        await self.work.session.flush()
        after = {name: getattr(row, name) for name in ("state", "reason", "added", "removed")}
        await self._record(row, after=after)
        return row

    async def decide(self, key: UUID, decision: Decision, comment: str | None = None) -> PolicyChange:
        """Approve or reject what somebody else proposed."""
        row = await approvals.decide(self.work, self.viewer, SUBJECT, key, decision, comment)
        await self._record(row, after={"state": row.state})
        return row

    async def withdraw(self, key: UUID) -> PolicyChange:
        """Take a change back before it counts."""
        allowed_somewhere(self.viewer, permissions.PROPOSE_CHANGE)
        row = await self._row(key, permissions.PROPOSE_CHANGE)
        if row.state not in (ChangeState.PROPOSED, ChangeState.APPROVED):
            raise Conflict("id", NOT_OPEN, state=row.state.name)
        row.state, row.closed_at = ChangeState.WITHDRAWN, self.work.clock.now()
        await approvals.withdraw(self.work, self.viewer, row.approval_id)
        await self._record(row, after={"state": row.state})
        return row

    async def apply(self, key: UUID) -> PolicyVersion:
        """Put an approved change in force; POLICY_MOVED where it does not fit the newest version any more."""
        allowed_somewhere(self.viewer, permissions.APPLY_CHANGE)
        await lock(self.work)
        row = await self._row(key, permissions.APPLY_CHANGE)
        if row.state is not ChangeState.APPROVED:
            raise Conflict("id", NOT_APPROVED, state=row.state.name)
        now = await self._newest()
        change = read_change(row.added, row.removed, [])
        if faults := await asyncio.to_thread(lambda: [*misfits(now.policy, change)]):
            raise PolicyMoved(faults)
        row.state, row.closed_at = ChangeState.APPLIED, self.work.clock.now()
        return await self._put(now, change, row.reason, row.id)

    async def roll_back(self, reason: str) -> PolicyVersion:
        """A new version with the lines of the one before the newest; a second time undoes the first."""
        allowed_somewhere(self.viewer, permissions.ROLL_BACK)
        why = explained("reason", reason)
        await lock(self.work)
        now = await self._newest()
        if now.number == 1:
            raise Conflict(None, FIRST)
        return await self._put(now, await backwards(self.work, now.number), why)

    async def replace(self, policy: Policy, reason: str) -> PolicyVersion | None:
        """Put the lines of files in force; None where they are so already. The operator alone may."""
        if not self.viewer.plan.unrestricted:
            raise Forbidden
        why = explained("reason", reason)
        await lock(self.work)
        now = await self._newest()
        change = await asyncio.to_thread(between, now.policy, policy)
        return await self._put(now, change, why) if change else None

    async def _put(
        self, now: Version, change: Change, reason: str, source: UUID | None = None
    ) -> PolicyVersion:
        await self._check(now.policy, change)
        by = person_of(self.viewer)
        version = await put_in_force(self.work, change, now.number + 1, by, reason, source)
        lines = {
            name: [write_line(line) for _, line in some]
            for name, some in (("added", change.add), ("removed", change.remove))
        }
        await self._record(version, after={"number": version.number, "reason": reason, **lines})
        await publish(self.work, PoliciesChanged(version_id=version.id, number=version.number))
        self.work.after_commit.append(self.keeper.refresh)
        return version

    async def _check(
        self, policy: Policy, change: Change, known: Sequence[PolicyError] = (), *, fits: bool = True
    ) -> None:
        """POLICY_REFUSED unless the policy after the change is sound and locks nobody out.

        `known`: what is wrong already, to be told with the rest; `fits`: the change is known to fit.
        """
        held, holders = await self._people()
        words, catalogue = self.keeper.words, self.viewer.plan.catalogue

        def faults() -> list[PolicyError]:
            found = [*known, *(() if fits else misfits(policy, change))]
            found += faults_in(policy, change, words, held)
            return found or [*lockouts(policy, change, catalogue, holders)]

        if found := await asyncio.to_thread(faults):
            raise PolicyRefused(found)

    async def _people(self) -> tuple[dict[str, int], Holders]:
        """How many employees hold each role, and the roles of those who may sign in."""
        rows = await self.work.session.execute(
            sa.select(EmployeeRole.employee_id, EmployeeRole.role, Employee.suspended_at.is_(None)).join(
                Employee, Employee.id == EmployeeRole.employee_id
            )
        )
        held: Counter[str] = Counter()
        holders: dict[UUID, set[str]] = {}
        for employee, role, active in rows:
            held[role] += 1
            if active:
                holders.setdefault(employee, set()).add(role)
        return held, holders

    async def _record(self, row: PolicyChange | PolicyVersion, after: Mapping[str, object]) -> None:
        about = type(row).__name__
        await record(self.work, self.viewer, AuditKind.POLICY, about=about, row_id=row.id, after=after)

    async def _newest(self) -> Version:
        version = await self.keeper.newest(self.work.session)
        if version is None:
            raise Conflict(None, NO_POLICIES)
        return version

    async def _row(self, key: UUID, permission: Permission) -> PolicyChange:
        session = self.work.session
        await allowed_on(self.work, self.viewer, permission, PolicyChange, key, CHANGE)
        return await session.get_one(PolicyChange, key, with_for_update=True)
