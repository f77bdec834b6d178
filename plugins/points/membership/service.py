"""Joining and leaving the programme (PTS-1).

A customer joins once: who left and joins again has the same number. Points stay on leaving and expire by
their rules; meanwhile no reward can be redeemed.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection as Many
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.errors import NotAMember
from plugins.points.events import PointsLevelChanged
from plugins.points.ledger.books import Books
from plugins.points.membership.choices import PointsLevelReason
from plugins.points.membership.earned import earned, ladder, levels_in_force
from plugins.points.membership.models import PointsLevel, PointsLevelChange, PointsMember
from plugins.points.membership.rules import level_for, months_before
from plugins.points.permissions import ENROL_MEMBER
from plugins.points.randomness import Below, card_number
from plugins.points.settings import company_zone, settings_of
from plugins.points.words import CUSTOMER
from schema.plugin import (
    Among,
    Collection,
    Conflict,
    Customer,
    Forbidden,
    Key,
    ListOf,
    Permission,
    Statement,
    Text,
    UnitOfWork,
    Viewer,
    add,
    allowed_on,
    allowed_somewhere,
    publish,
)

OTHER_NUMBER = Text("the member has the number {number} already", "该会员已有卡号 {number}")
MULTIPLIERS = Statement(
    sa.select(PointsMember.customer_id, PointsLevel.multiplier_numerator, PointsLevel.multiplier_denominator)
    .join(PointsLevel, PointsLevel.id == PointsMember.level_id)
    .where(
        PointsMember.left_at.is_(None),
        Among(PointsMember.customer_id, sa.bindparam("customers", type_=ListOf(Key()))),
    )
)


@dataclass(frozen=True)
class Membership:
    """The programme's members, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer
    below: Below = secrets.randbelow

    async def join(self, customer: UUID, channel: Collection, number: str | None = None) -> PointsMember:
        """Enrol a customer, under the number of a card that was handed out, or a new one.

        A member stays as they are; CONFLICT where they or somebody else have another number.
        """
        cell = await self._held(customer)
        member = await self._member(customer)
        if member is not None and number not in {None, member.number}:
            raise Conflict("number", OTHER_NUMBER, number=member.number)
        if member is not None and member.left_at is None:
            return member
        now = self.work.clock.now()
        step, points = await self._reached(customer)
        reason = PointsLevelReason.JOINED if member is None else PointsLevelReason.REJOINED
        if member is None:
            member = PointsMember(
                id=self.work.ids.new(),
                customer_id=customer,
                joined_at=now,
                level_id=step,
                level_since=now,
                enrolled_by_id=self.viewer.employee,
            )
            given: Mapping[str, Any] = {"number": number or await self._new_number(), "channel": channel}
            await add(self.work, self.viewer, ENROL_MEMBER, member, given, cell)
        else:
            member.left_at, member.level_id, member.level_since = None, step, now
        await self._note(customer, (None, step), reason, points)
        # The ledger's own act would ask for the right to enter points, which whoever enrols need not have.
        await Books(self.work, self.viewer).open([customer])
        return member

    async def leave(self, customer: UUID) -> PointsMember:
        """Let a member go; who has left already stays as they are. POINTS_NOT_A_MEMBER for others."""
        await self._held(customer)
        member = await self._member(customer)
        if member is None:
            raise NotAMember("customerId")
        if member.left_at is None:
            _, points = await self._reached(customer)
            await self._note(customer, (member.level_id, None), PointsLevelReason.LEFT, points)
            member.left_at, member.level_id, member.level_since = self.work.clock.now(), None, None
            await self.work.session.flush()
        return member

    async def _held(self, customer: UUID) -> int:
        """The customer's cell; the row is held, so that of two who enrol a customer at once one waits."""
        cell = await allowed_for(self.work, self.viewer, ENROL_MEMBER, customer)
        await self.work.session.execute(
            sa.select(Customer.id).where(Customer.id == customer).with_for_update()
        )
        return cell

    async def _member(self, customer: UUID) -> PointsMember | None:
        found: PointsMember | None = await self.work.session.scalar(
            sa.select(PointsMember)
            .where(PointsMember.customer_id == customer)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return found

    async def _reached(self, customer: UUID) -> tuple[UUID | None, int]:
        """The level that the customer's points reach, and those points."""
        now = self.work.clock.now()
        start = months_before(now, settings_of(self.work).level_months, company_zone(self.work))
        points = await self.work.session.scalar(
            sa.select(earned(sa.bindparam("customer", customer, type_=Key()), start, now))
        )
        step = level_for(ladder(await levels_in_force(self.work)), points or 0)
        return (step.id if step else None), points or 0

    async def _new_number(self) -> str:
        while True:
            number = card_number(self.below)
            taken = sa.select(sa.exists().where(PointsMember.number == number))
            if not await self.work.session.scalar(taken):
                return number

    async def _note(
        self,
        customer: UUID,
        levels: tuple[UUID | None, UUID | None],
        reason: PointsLevelReason,
        points: int,
    ) -> None:
        change = PointsLevelChange(
            id=self.work.ids.new(),
            customer_id=customer,
            previous_id=levels[0],
            level_id=levels[1],
            reason=reason,
            at=self.work.clock.now(),
            earned=points,
        )
        self.work.session.add(change)
        await self.work.session.flush()
        event = PointsLevelChanged(customer_id=customer, previous_id=levels[0], level_id=levels[1])
        await publish(self.work, event)


async def allowed_for(work: UnitOfWork, viewer: Viewer, permission: Permission, customer: UUID) -> int:
    """The customer's cell, if the caller may do this there and see who is a member: the outcome tells it."""
    allowed_somewhere(viewer, permission)
    cell = await allowed_on(work, viewer, permission, Customer, customer, CUSTOMER, "customerId")
    if cell not in viewer.plan.rows(PointsMember.__name__):
        raise Forbidden("customerId")
    return cell


async def multipliers(work: UnitOfWork, customers: Many[UUID]) -> dict[UUID, Fraction]:
    """By how much the levels of these customers multiply what they earn; others are left out."""
    found = await work.rows(MULTIPLIERS, {"customers": list(customers)})
    return {
        key if isinstance(key, UUID) else UUID(hex=key): Fraction(numerator, denominator)
        for key, numerator, denominator in found
    }
