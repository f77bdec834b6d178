"""What may be done to tiers (TIE-1 to TIE-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.access.changes import all_values_of
from core.access.guard import allowed_on, allowed_somewhere, cell_of
from core.access.reasons import explained
from core.access.viewer import Viewer
from core.audit.choices import AuditKind
from core.audit.records import record
from core.customers.models import Customer
from core.customers.records import CUSTOMER
from core.db.database import UnitOfWork
from core.errors import Conflict, InvalidInput
from core.events.publish import publish
from core.money import CURRENCIES, NO_CURRENCY
from core.text import Text
from core.tiers import permissions
from core.tiers.choices import AssignmentKind
from core.tiers.events import TierChanged
from core.tiers.models import Tier, TierAssignment, TierRule, TierScheme
from core.tiers.regrade import Regrade, Summary
from core.tiers.rules import Conditions, Thresholds
from core.tiers.signals import Signals, signals_of

MOST_DAYS = 3_660
SCHEME = Text("tier scheme", "分层方案")
TIER = Text("tier", "层级")
UNTIL = Text("a grade by hand ends: give a time after now", "人工评定须有终止时间：请给出将来的时间")
EVERY_TIER = Text(
    "name every tier of the scheme once, in this order: {tiers}", "请按此顺序列出方案的每一层级：{tiers}"
)
LAST = Text("the lowest tier has no conditions: it takes all others", "最低层级不设条件：容纳其余所有客户")
FIGURE = Text("a whole number, not below zero", "应为不小于零的整数")
UNKNOWN = Text("no signal is called {names}; there are: {known}", "没有信号 {names}；已有：{known}")
SWITCHED_OFF = Text(
    "version {version} of the rule asks for {names}, which no plugin that is switched on provides: "
    "switch on {owners}, or set thresholds without it",
    "规则第 {version} 版使用信号 {names}，已启用的插件均未提供：请启用 {owners}，或改设不含它的阈值",
)
WINDOW = Text("from 1 to {most} days", "应为 1 至 {most} 天")
AS_OF = Text(
    "not in the future, and not before the newest grade ({newest})",
    "不可晚于现在，也不可早于最近一次评定（{newest}）",
)


@dataclass(frozen=True)
class TierService:
    """Tiers, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def set_thresholds(
        self, scheme: UUID, thresholds: Thresholds, valid_from: dt.datetime | None = None
    ) -> TierRule:
        """A new version of the rule beside the old ones; it grades at the next regrade after `valid_from`."""
        allowed_somewhere(self.viewer, permissions.SET_THRESHOLDS)
        session = self.work.session
        await allowed_on(
            self.work, self.viewer, permissions.SET_THRESHOLDS, TierScheme, scheme, SCHEME, "schemeId"
        )
        await self._lock(scheme)
        check(thresholds, [tier.code for tier in await self._tiers(scheme)], signals_of(self.work))
        newest = await session.scalar(
            sa.select(sa.func.max(TierRule.version)).where(TierRule.scheme_id == scheme)
        )
        rule = TierRule(
            id=self.work.ids.new(),
            scheme_id=scheme,
            version=(newest or 0) + 1,
            thresholds=thresholds.stored,
            valid_from=valid_from or self.work.clock.now(),
            created_by_id=self.viewer.employee,
        )
        session.add(rule)
        await session.flush()
        after = {name: getattr(rule, name) for name in ("version", "thresholds", "valid_from")}
        await record(self.work, self.viewer, AuditKind.POLICY, about="TierRule", row_id=rule.id, after=after)
        return rule

    async def set_manual_tier(
        self, customer: UUID, tier: UUID, reason: str, until: dt.datetime
    ) -> TierAssignment:
        """Put a customer into a tier by hand, for a reason, until a time that regrading waits for (TIE-4)."""
        allowed_somewhere(self.viewer, permissions.ASSIGN_TIER)
        session, now = self.work.session, self.work.clock.now()
        await allowed_on(
            self.work, self.viewer, permissions.ASSIGN_TIER, Customer, customer, CUSTOMER, "customerId"
        )
        await cell_of(self.work, self.viewer, Tier, tier, TIER, "tierId")
        why = explained("reason", reason)
        if until <= now:
            raise InvalidInput("until", UNTIL)
        scheme = (await session.get_one(Tier, tier)).scheme_id
        await self._lock(scheme)
        await session.execute(
            sa.update(TierAssignment)
            .where(
                TierAssignment.customer_id == customer,
                TierAssignment.scheme_id == scheme,
                TierAssignment.ended_at.is_(None),
            )
            .values(ended_at=now)
        )
        row = TierAssignment(
            id=self.work.ids.new(),
            customer_id=customer,
            scheme_id=scheme,
            tier_id=tier,
            kind=AssignmentKind.MANUAL,
            assigned_at=now,
            valid_until=until,
            reason=why,
            reason_en=why,
            assigned_by_id=self.viewer.employee,
        )
        session.add(row)
        await session.flush()
        await record(
            self.work,
            self.viewer,
            AuditKind.WRITE,
            about="TierAssignment",
            row_id=row.id,
            customers=[customer],
            after=all_values_of(row),
        )
        moved = TierChanged(assignment_id=row.id, customer_id=customer, scheme_id=scheme, tier_id=tier)
        await publish(self.work, moved)
        return row

    async def regrade(self, scheme: UUID, as_of: dt.datetime | None = None) -> Summary:
        """Grade all customers by the newest valid rule; nobody where there is none. Twice changes nothing."""
        allowed_somewhere(self.viewer, permissions.REGRADE)
        session, now = self.work.session, self.work.clock.now()
        await allowed_on(self.work, self.viewer, permissions.REGRADE, TierScheme, scheme, SCHEME, "schemeId")
        await self._lock(scheme)
        at = as_of or now
        newest = await session.scalar(
            sa.select(sa.func.max(TierAssignment.assigned_at)).where(TierAssignment.scheme_id == scheme)
        )
        if at > now or (newest is not None and at < newest):
            raise InvalidInput("asOf", AS_OF, newest=newest.isoformat() if newest else "—")
        rule = await session.scalar(
            sa.select(TierRule)
            .where(TierRule.scheme_id == scheme, TierRule.valid_from <= at)
            .order_by(TierRule.version.desc())
            .limit(1)
        )
        if rule is None:
            return Summary(None)
        tiers = {tier.code: tier for tier in await self._tiers(scheme)}
        thresholds, signals = Thresholds.of(rule.thresholds), signals_of(self.work)
        if gone := signals.unknown(thresholds.signals):
            owners = ", ".join(sorted({name.partition(".")[0] for name in gone}))
            raise Conflict(None, SWITCHED_OFF, version=rule.version, names=", ".join(gone), owners=owners)
        asked = signals.of(thresholds.signals)
        summary = await Regrade(self.work, rule, thresholds, tiers, asked, at).run()
        counts = {code: count.moved for code, count in summary.tiers.items()}
        await record(
            self.work,
            self.viewer,
            AuditKind.WRITE,
            about="TierScheme",
            row_id=scheme,
            fields=["TierAssignment.tier"],
            after={"rule": rule.version, "moved": counts},
        )
        return summary

    async def _tiers(self, scheme: UUID) -> Sequence[Tier]:
        """The tiers, the highest first."""
        found = await self.work.session.scalars(
            sa.select(Tier).where(Tier.scheme_id == scheme).order_by(Tier.rank)
        )
        return found.all()

    async def _lock(self, scheme: UUID) -> None:
        """One change of a scheme's grades at a time."""
        await self.work.session.execute(
            sa.select(TierScheme.id).where(TierScheme.id == scheme).with_for_update()
        )


def check(thresholds: Thresholds, codes: Sequence[str], signals: Signals) -> None:
    """INVALID_INPUT for thresholds that can't grade the tiers of this scheme."""
    if not 1 <= thresholds.window_days <= MOST_DAYS:
        raise InvalidInput("windowDays", WINDOW, most=MOST_DAYS)
    if thresholds.currency not in CURRENCIES:
        raise InvalidInput("currency", NO_CURRENCY)
    if [code for code, _ in thresholds.tiers] != list(codes):
        raise InvalidInput("tiers", EVERY_TIER, tiers=", ".join(codes))
    if thresholds.tiers[-1][1] != Conditions():
        raise InvalidInput("tiers", LAST)
    for code, conditions in thresholds.tiers:
        if strange := signals.unknown(conditions.signals):
            known = ", ".join(signals.by_name)
            raise InvalidInput(f"tiers.{code}.signals", UNKNOWN, names=", ".join(strange), known=known)
        if any(figure < 0 for figure in conditions.asked.values()):
            raise InvalidInput(f"tiers.{code}", FIGURE)
