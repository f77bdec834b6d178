"""Deciding on rights, and closing a review: one proposed change of the policies comes of it (BEY-9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.access.checks import faults_of
from core.access.guard import Permission, allowed_in, allowed_somewhere, cell_of
from core.access.lines import Link, policy_of, read_line, write_line
from core.access.plan import AccessPlan
from core.access.reasons import explained
from core.access.rules import PolicyError, Role, Rule
from core.access.viewer import Viewer
from core.approvals.errors import FourEyes
from core.approvals.service import person_of
from core.audit.choices import AuditKind
from core.audit.records import record
from core.db.model import Model
from core.db.work import UnitOfWork
from core.errors import Conflict, InvalidInput
from core.events.publish import publish
from core.organization.models import Department
from core.policies.errors import PolicyRefused
from core.policies.keeper import PolicyKeeper
from core.policies.service import PolicyService
from core.reviews.choices import ReviewDecision, ReviewState
from core.reviews.events import AccessReviewClosed
from core.reviews.models import AccessReview, AccessReviewItem, AccessReviewUsage
from core.reviews.permissions import DECIDE, DECIDE_RAISED
from core.reviews.rights import policy_in_force
from core.text import Count, Text

REVIEW, ITEM = Text("access review", "权限审查"), Text("right under review", "待审查的权限")
NOT_YET = Text(
    "until {due} the department decides itself; afterwards you may",
    "{due} 及之前由该部门自行决定；此后您可以决定",
)
CLOSED = Text("the review is closed", "该审查已结束")
UNDECIDED = Text("{items:right is|rights are} not decided yet", "尚有 {items} 项权限未决定")
ONE_RULE = Text(
    "write the rule of the same role that takes its place: `p, {role}, OBJECT, ACT, RELATION, allow|deny`",
    "请写出同一角色的替代规则：`p, {role}, 对象, 动作, 关系, allow|deny`",
)
ONLY_CHANGE = Text("only a CHANGE has a replacement", "仅 CHANGE 可给出替代规则")
WHY = Text(
    "review of the rights of {department}, {first} to {last}", "{department}权限审查，{first} 至 {last}"
)


@dataclass(frozen=True)
class ReviewService:
    """Reviews, as one caller may decide on them."""

    work: UnitOfWork
    viewer: Viewer
    keeper: PolicyKeeper

    async def decide(
        self, key: UUID, decision: ReviewDecision, reason: str, replacement: str | None = None
    ) -> Any:
        """Decide on one right, or decide anew; FOUR_EYES where nobody else in the department holds it.

        On what one employee alone holds those above may decide at once.
        """
        person = self._person()
        cell = await self._cell(AccessReviewItem, key, ITEM, "itemId")
        item: Any = await self.work.session.get_one(AccessReviewItem, key, with_for_update=True)
        await self._open(item.review_id, cell, "itemId", alone=item.holders == 1)
        held = await self.work.session.scalar(
            sa.select(AccessReviewUsage.id).where(
                AccessReviewUsage.item_id == key, AccessReviewUsage.employee_id == person
            )
        )
        if held is not None and item.holders == 1:
            raise FourEyes("itemId")
        before = _decided(item) if item.decision else None
        item.reason = explained("reason", reason)
        item.replacement = self._replacement(item, decision, replacement)
        item.decision, item.decided_by_id = decision, person
        item.decided_at, item.by_holder = self.work.clock.now(), held is not None
        await self.work.session.flush()
        await self._record(item, before, _decided(item))
        return item

    async def close(self, key: UUID) -> Any:
        """Close a review whose rights are all decided; what is to go or to change is proposed."""
        person = self._person()
        cell = await self._cell(AccessReview, key, REVIEW, "id")
        review = await self._open(key, cell, "id")
        of_review = sa.select(AccessReviewItem).where(AccessReviewItem.review_id == key)
        items = (await self.work.session.scalars(of_review.order_by(AccessReviewItem.id))).all()
        if waiting := sum(item.decision is None for item in items):
            raise Conflict("id", UNDECIDED, items=Count(waiting))
        review.change_id = await self._propose(review, items)
        review.state, review.closed_by_id = ReviewState.CLOSED, person
        review.closed_at = self.work.clock.now()
        await self.work.session.flush()
        counts = {d.name: sum(item.decision is d for item in items) for d in ReviewDecision}
        await self._record(review, None, {"state": review.state, "change_id": review.change_id, **counts})
        closed = AccessReviewClosed(
            review_id=key, department_id=review.department_id, change_id=review.change_id
        )
        await publish(self.work, closed)
        return review

    def _person(self) -> UUID | None:
        allowed_somewhere(self.viewer, DECIDE if self._may(DECIDE) else DECIDE_RAISED)
        return person_of(self.viewer)

    def _may(self, permission: Permission, cell: int | None = None) -> bool:
        cells = self.viewer.plan.cells(permission.type, permission.act)
        return bool(cells) if cell is None else cell in cells

    async def _cell(self, model: type[Model], key: UUID, thing: Text, field: str) -> int:
        return await cell_of(self.work, self.viewer, model, key, thing, field)

    async def _open(self, key: UUID, cell: int, field: str, *, alone: bool = False) -> Any:
        """The review, locked, if the caller may decide on it by now; CONFLICT once it is closed."""
        review: Any = await self.work.session.get_one(AccessReview, key, with_for_update=True)
        if not self._may(DECIDE, cell):
            allowed_in(self.viewer, DECIDE_RAISED, cell, field)
            if review.raised_at is None and not alone:
                raise Conflict(field, NOT_YET, due=review.due_on)
        if review.state is ReviewState.CLOSED:
            raise Conflict(field, CLOSED)
        return review

    def _replacement(self, item: Any, decision: ReviewDecision, line: str | None) -> str | None:
        """The line as it will be proposed; INVALID_INPUT or POLICY_REFUSED where it can't be."""
        if decision is not ReviewDecision.CHANGE:
            if line is not None:
                raise InvalidInput("replacement", ONLY_CHANGE)
            return None
        try:
            rule = read_line((line or "").strip(), "replacement")
        except PolicyError as fault:
            raise InvalidInput("replacement", fault.reason, **fault.params) from None
        if isinstance(rule, Role | Link) or rule.role != item.role or rule == rule_of(item):
            raise InvalidInput("replacement", ONE_RULE, role=item.role)
        like = self.keeper.policies.current
        if faults := [*faults_of(policy_of([rule], like, [("replacement", rule)]), self.keeper.words)]:
            raise PolicyRefused(faults, "replacement")
        return write_line(rule)

    async def _propose(self, review: Any, items: Any) -> UUID | None:
        """One change, in the name of who closes the review; a second person decides on it as on any."""
        policy = await policy_in_force(self.work)
        there = {rule.line for rule in policy.rules} if policy else set()
        going = [item for item in items if item.decision is not ReviewDecision.KEEP]
        gone = [item for item in going if rule_of(item).line in there]
        remove = {rule_of(item).line for item in gone}
        add = {item.replacement for item in gone if item.replacement} - (there - remove)
        remove, add = remove - add, add - remove
        if not remove and not add:
            return None
        name = await self.work.session.scalar(
            sa.select(Department.name).where(Department.id == review.department_id)
        )
        facts = {"department": name, "first": review.period_from, "last": review.period_to}
        proposing = replace(
            self.viewer, plan=AccessPlan(self.viewer.plan.catalogue, (), unrestricted=True)
        )  # the right to close a review is the right to propose what it found
        service = PolicyService(self.work, proposing, self.keeper)
        reason = WHY.say(self.viewer.language, **facts)
        try:
            change = await service.propose(reason, sorted(add), sorted(remove))
        except PolicyRefused as refusal:
            raise PolicyRefused(refusal.faults, "id") from None
        return change.id  # type: ignore[no-any-return]

    async def _record(self, row: Any, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
        about = type(row).__name__
        await record(
            self.work, self.viewer, AuditKind.REVIEW, about=about, row_id=row.id, before=before, after=after
        )


def rule_of(item: Any) -> Rule:
    """The rule that an item is about."""
    return Rule(item.role, item.object, item.act, item.relation, "allow")


def _decided(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("decision", "reason", "replacement")}
