"""Grading all customers of a scheme: set-based reads in batches, and only changes are written (TIE-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.customers.models import Customer, Purchase
from core.db.database import UnitOfWork
from core.db.expressions import Among, ListOf
from core.db.types import Key, UtcTime
from core.events.publish import publish, told
from core.text import Text
from core.tiers.choices import AssignmentKind
from core.tiers.events import TierChanged
from core.tiers.models import Tier, TierAssignment, TierRule
from core.tiers.rules import Inputs, Thresholds
from core.tiers.signals import AsOf, Signal

BATCH = 5_000


@dataclass
class TierCount:
    """How many customers came into a tier, and how many were in it already."""

    moved: int = 0
    unchanged: int = 0


@dataclass
class Summary:
    """What a regrade did, by code of the tier. `version` is None where nobody has set thresholds."""

    version: int | None
    tiers: dict[str, TierCount] = field(default_factory=dict)
    kept_by_hand: int = 0


@dataclass(frozen=True)
class Regrade:
    """One run over all customers at one time, with one version of the rule; `signals`: those it asks for."""

    work: UnitOfWork
    rule: TierRule
    thresholds: Thresholds
    tiers: Mapping[str, Tier]
    signals: Sequence[Signal]
    as_of: dt.datetime

    async def run(self) -> Summary:
        """Grade everybody."""
        summary = Summary(self.rule.version, {code: TierCount() for code in self.tiers})
        async for rows in self.batches():
            ended: list[UUID] = []
            begun: list[dict[str, Any]] = []
            for row in rows:
                by_hand = row.kind is AssignmentKind.MANUAL
                if by_hand and row.valid_until > self.as_of:
                    summary.kept_by_hand += 1
                    continue
                inputs = self.inputs(row)
                code = self.thresholds.grade(inputs)
                if row.tier_id == self.tiers[code].id and not by_hand:
                    summary.tiers[code].unchanged += 1
                    continue
                summary.tiers[code].moved += 1
                begun.append(self.assignment(row.customer_id, code, inputs))
                if row.assignment_id is not None:
                    ended.append(row.assignment_id)
            await self.write(ended, begun)
        return summary

    def inputs(self, row: Any) -> Inputs:
        """What the rule looks at, from what was read."""
        recency = None if row.last_at is None else (self.as_of - row.last_at).days
        last = row[len(row) - len(self.signals) :]
        signals = {one.name: int(figure) for one, figure in zip(self.signals, last, strict=True)}
        return Inputs(recency, int(row.frequency), int(row.monetary), signals)

    def assignment(self, customer: UUID, code: str, inputs: Inputs) -> dict[str, Any]:
        """The new assignment with its evidence (BEY-2)."""
        tier = self.tiers[code]
        lowest = code == self.thresholds.tiers[-1][0]
        names = Text(tier.name_en, tier.name)
        version, signals = self.rule.version, self.signals
        reason = self.thresholds.reason(inputs, names, version, lowest=lowest, signals=signals)
        return {
            "id": self.work.ids.new(),
            "customer_id": customer,
            "scheme_id": self.rule.scheme_id,
            "tier_id": tier.id,
            "kind": AssignmentKind.RULE,
            "rule_version": self.rule.version,
            "assigned_at": self.as_of,
            "inputs": self.thresholds.evidence(inputs, self.as_of),
            "thresholds": self.rule.thresholds,
            "missing": self.thresholds.missing(inputs, code),
            "reason": reason.zh,
            "reason_en": reason.en,
        }

    async def write(self, ended: Sequence[UUID], begun: Sequence[dict[str, Any]]) -> None:
        """End the old before the new begin: a customer has one current tier in a scheme."""
        table = TierAssignment.__table__
        if ended:
            keys = sa.bindparam("keys", ended, type_=ListOf(Key()))
            ending = sa.update(table).where(Among(table.c.id, keys))  # type: ignore[arg-type]
            await self.work.session.execute(ending.values(ended_at=self.as_of))
        if begun:
            await self.work.session.execute(sa.insert(table), begun)  # type: ignore[arg-type]
            if told(self.work, TierChanged):
                await publish(self.work, *(_moved(row) for row in begun))

    async def batches(self) -> AsyncIterator[Sequence[sa.Row[Any]]]:
        """All customers in order of key, with their figures up to `as_of` and their current tier."""
        after: UUID | None = None
        while rows := (await self.work.session.execute(self.batch(after))).all():
            yield rows
            after = rows[-1].customer_id

    def batch(self, after: UUID | None) -> sa.Select[Any]:
        """A batch of the customers after a key, in one statement; the signals come last."""
        chosen = sa.select(Customer.id).order_by(Customer.id).limit(BATCH)
        some = (chosen if after is None else chosen.where(Customer.id > after)).subquery()
        bought = self._bought(some)
        current = TierAssignment
        found = (
            sa.select(
                bought.c.id.label("customer_id"),
                bought.c.last_at,
                bought.c.frequency,
                bought.c.monetary,
                current.id.label("assignment_id"),
                current.tier_id,
                current.kind,
                current.valid_until,
            )
            .select_from(bought)
            .outerjoin(
                current,
                sa.and_(
                    current.customer_id == bought.c.id,
                    current.scheme_id == self.rule.scheme_id,
                    current.ended_at.is_(None),
                ),
            )
            .order_by(bought.c.id)
        )
        if not self.signals:
            return found
        customers, at = Customer.__table__.alias(), AsOf(None, self.as_of, UtcTime(), unique=True)
        figures = (sa.func.coalesce(one.expression(customers, at), 0) for one in self.signals)
        return found.join(customers, customers.c.id == bought.c.id).add_columns(*figures)

    def _bought(self, some: sa.Subquery) -> sa.Subquery:
        """What these customers bought: the figures of the core."""
        inside = Purchase.at > self.as_of - dt.timedelta(days=self.thresholds.window_days)
        paid = sa.and_(inside, Purchase.currency == self.thresholds.currency)
        spent = sa.func.sum(sa.case((paid, Purchase.amount_minor), else_=0))
        return (
            sa.select(
                some.c.id,
                sa.func.max(Purchase.at).label("last_at"),
                sa.func.coalesce(sa.func.sum(sa.case((inside, 1), else_=0)), 0).label("frequency"),
                sa.func.coalesce(spent, 0).label("monetary"),
            )
            .select_from(some)
            .outerjoin(Purchase, sa.and_(Purchase.customer_id == some.c.id, Purchase.at <= self.as_of))
            .group_by(some.c.id)
            .subquery()
        )


def _moved(row: Mapping[str, Any]) -> TierChanged:
    return TierChanged(
        assignment_id=row["id"],
        customer_id=row["customer_id"],
        scheme_id=row["scheme_id"],
        tier_id=row["tier_id"],
    )
