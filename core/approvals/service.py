"""Asking for an approval and giving it: who asked or wrote can't decide, and only who may approve does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from core.access.guard import Permission, allowed_on, allowed_somewhere
from core.access.reasons import remarked
from core.access.viewer import Viewer
from core.approvals.choices import Decision
from core.approvals.errors import FourEyes
from core.approvals.models import Approval
from core.db.database import UnitOfWork
from core.db.model import Model
from core.errors import Conflict, Forbidden
from core.ids import global_id
from core.text import Text

M = TypeVar("M", bound=Model)
NOT_A_PERSON = Text(
    "only an employee may do this, not a program; sign in with a token of your own",
    "仅员工本人可执行此操作，程序不可；请使用本人的令牌登录",
)
DECIDED = Text("nothing waits for a decision here any more", "此处已无待审批事项")


@dataclass(frozen=True)
class Subject(Generic[M]):
    """A sort of thing that is approved. Its model has `approval_id`.

    `authors`: who made a row, beside who asked; `decided`: what follows for the row.
    """

    model: type[M]
    approve: Permission
    thing: Text
    authors: Callable[[M], Collection[UUID | None]]
    decided: Callable[[M, Decision, UnitOfWork], None]


def person_of(viewer: Viewer) -> UUID | None:
    """Who acts, for the four eyes: an employee, or None for the operator; FORBIDDEN for a program."""
    if viewer.employee is None and not viewer.plan.unrestricted:
        raise Forbidden(None, NOT_A_PERSON)
    return viewer.employee


async def request(work: UnitOfWork, viewer: Viewer, row: Model) -> Approval:
    """Ask for approval of a row, which then names what was asked."""
    subject: Any = row
    approval = Approval(
        id=work.ids.new(),
        subject_type=type(row).__name__,
        subject=global_id(row.__prefix__ or "", subject.id),
        requested_by_id=person_of(viewer),
        requested_at=work.clock.now(),
    )
    work.session.add(approval)
    await work.session.flush()
    subject.approval_id = approval.id
    return approval


async def decide(
    work: UnitOfWork,
    viewer: Viewer,
    subject: Subject[M],
    key: UUID,
    decision: Decision,
    comment: str | None = None,
) -> M:
    """Decide on a row. FOUR_EYES for who asked or wrote, CONFLICT where nothing waits."""
    allowed_somewhere(viewer, subject.approve)
    await allowed_on(work, viewer, subject.approve, subject.model, key, subject.thing)
    said = remarked("comment", comment)
    person = person_of(viewer)
    row: Any = await work.session.get_one(subject.model, key, with_for_update=True)
    approval = await work.session.scalar(
        sa.select(Approval).where(Approval.id == row.approval_id, Approval.decision.is_(None))
    )
    if approval is None:
        raise Conflict("id", DECIDED)
    if person in {approval.requested_by_id, *subject.authors(row)}:
        raise FourEyes("id")
    approval.decision, approval.comment = decision, said
    approval.decided_by_id, approval.decided_at = person, work.clock.now()
    subject.decided(row, decision, work)
    await work.session.flush()
    return row  # type: ignore[no-any-return]


async def withdraw(work: UnitOfWork, viewer: Viewer, key: UUID | None) -> None:
    """Nobody has to decide any more, if nobody has yet."""
    closed = {
        "decision": Decision.WITHDRAWN,
        "decided_by_id": person_of(viewer),
        "decided_at": work.clock.now(),
    }
    await work.session.execute(
        sa.update(Approval).where(Approval.id == key, Approval.decision.is_(None)).values(closed)
    )
