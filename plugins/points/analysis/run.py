"""The analysis, a part at a time: first the members in batches, then the figures month by month (PTS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from plugins.points.analysis.advice import advise
from plugins.points.analysis.calendar import months_until
from plugins.points.analysis.figures import keep_figures
from plugins.points.analysis.known import Knowledge
from plugins.points.analysis.models import PointsRecommendation
from plugins.points.analysis.months import keep_months
from plugins.points.columns import among
from plugins.points.membership.models import PointsMember
from plugins.points.settings import company_currency, company_zone, settings_of
from schema.plugin import UnitOfWork


async def analyse_members(work: UnitOfWork, at: dt.datetime, after: UUID | None) -> UUID | None:
    """Count and advise the next batch, who left included; the last one's key, None at the end."""
    settings, zone = settings_of(work), company_zone(work)
    batch = sa.select(PointsMember.id, PointsMember.customer_id).order_by(PointsMember.id)
    chosen = batch if after is None else batch.where(PointsMember.id > after)
    rows = (await work.session.execute(chosen.limit(settings.members_batch))).all()
    customers = [row.customer_id for row in rows]
    if customers:
        months = months_until(at, settings.analysis_months, zone)
        await keep_months(work, customers, months, company_currency(work))
        await recommend(work, Knowledge(work, settings, zone, at), customers)
    return rows[-1].id if len(rows) == settings.members_batch else None


async def recommend(work: UnitOfWork, knowledge: Knowledge, customers: Sequence[UUID]) -> None:
    """Replace what is recommended about these customers."""
    goals, offers = await knowledge.goals(), await knowledge.offers()
    rows = [
        {
            "id": work.ids.new(),
            "customer_id": customer,
            "kind": found.kind,
            "reason": found.reason.zh,
            "reason_en": found.reason.en,
            "points": found.points,
            "reward_id": found.reward,
            "made_at": knowledge.at,
        }
        for customer, known in (await knowledge.of(customers)).items()
        for found in advise(known, goals, offers, knowledge.settings)
    ]
    old = among(PointsRecommendation.customer_id, customers)
    await work.session.execute(sa.delete(PointsRecommendation).where(old))
    if rows:
        await work.session.execute(sa.insert(PointsRecommendation.__table__), rows)  # type: ignore[arg-type]


async def analyse_month(work: UnitOfWork, at: dt.datetime, back: int) -> bool:
    """Count the figures of the month that lies so many months back; whether there are earlier ones."""
    count = settings_of(work).analysis_months
    await keep_figures(work, months_until(at, count, company_zone(work))[-1 - back])
    return back + 1 < count
