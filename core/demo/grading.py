"""Tiers of the demo customers: thresholds, a regrade each quarter, a few graded by hand (TIE-1 to TIE-4)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from core.access.viewer import Viewer
from core.demo.customers import Buyer
from core.demo.stage import Stage
from core.tiers.models import Tier
from core.tiers.ready import ensure_ready_made
from core.tiers.regrade import Summary
from core.tiers.rules import Conditions, Thresholds
from core.tiers.service import TierService

WINDOW_DAYS = 365
DAYS_AGO = (270, 180, 90)
HIGH, CORE = Conditions(180, 3, 10_000), Conditions(365, 1, 3_000)
BY_HAND, REASON, MONTHS = 3, "行业标杆客户，战略合作", 6


async def make_tiers(stage: Stage, viewer: Viewer, buyers: list[Buyer]) -> Summary:
    """Grade by customer value, each quarter of the past year and now; the history stays."""
    work = stage.work
    scheme = await ensure_ready_made(work)
    tiers = (
        await work.session.scalars(sa.select(Tier).where(Tier.scheme_id == scheme.id).order_by(Tier.rank))
    ).all()
    conditions = (HIGH, CORE, *(Conditions() for _ in tiers[2:]))
    asked = tuple((tier.code, wanted) for tier, wanted in zip(tiers, conditions, strict=True))
    service = TierService(work, viewer)
    await service.set_thresholds(
        scheme.id,
        Thresholds(WINDOW_DAYS, stage.settings.currency, asked),
        stage.now - dt.timedelta(days=WINDOW_DAYS),
    )
    for days in DAYS_AGO:
        await service.regrade(scheme.id, stage.now - dt.timedelta(days=days))
    summary = await service.regrade(scheme.id)
    for buyer in stage.invent.chance.sample(buyers, BY_HAND):
        until = stage.now + dt.timedelta(days=30 * MONTHS)
        await service.set_manual_tier(buyer.id, tiers[0].id, REASON, until)
    return summary
