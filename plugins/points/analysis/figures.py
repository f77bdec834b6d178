"""Members beside other customers, by month and level: basket and frequency (PTS-4)."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.points.analysis.calendar import Month
from plugins.points.analysis.models import PointsFigure
from plugins.points.membership.models import PointsMember
from schema.plugin import Purchase, UnitOfWork

THOUSAND = 1_000


async def keep_figures(work: UnitOfWork, month: Month) -> None:
    """Count one month anew, all customers in one statement."""
    member = sa.func.coalesce(
        sa.and_(
            Purchase.at >= PointsMember.joined_at,
            sa.or_(PointsMember.left_at.is_(None), Purchase.at < PointsMember.left_at),
        ),
        sa.false(),
    )
    # One line for each customer first: counting distinct customers of many lines costs several times as much.
    each = (
        sa.select(
            Purchase.customer_id,
            member.label("member"),
            sa.case((member, PointsMember.level_id)).label("level"),
            Purchase.currency,
            sa.func.count().label("purchases"),
            sa.func.sum(Purchase.amount_minor).label("spend"),
        )
        .outerjoin(PointsMember, PointsMember.customer_id == Purchase.customer_id)
        .where(Purchase.at >= month.start, Purchase.at < month.end)
        .group_by(Purchase.customer_id, member, PointsMember.level_id, Purchase.currency)
        .subquery()
    )
    group = (each.c.member, each.c.level, each.c.currency)
    found = await work.session.execute(
        sa.select(
            *group,
            sa.func.count(),
            sa.cast(sa.func.sum(each.c.purchases), sa.BigInteger),
            sa.cast(sa.func.sum(each.c.spend), sa.BigInteger),
        ).group_by(*group)
    )
    rows = [
        {
            "id": work.ids.new(),
            "month": month.day,
            "members": bool(is_member),
            "level_id": level,
            "currency": currency,
            "buyers": buyers,
            "purchases": purchases,
            "spend_minor": spend,
            "basket_minor": spend // purchases,
            "frequency_millis": purchases * THOUSAND // buyers,
        }
        for is_member, level, currency, buyers, purchases, spend in found
    ]
    await work.session.execute(sa.delete(PointsFigure).where(PointsFigure.month == month.day))
    if rows:
        await work.session.execute(sa.insert(PointsFigure.__table__), rows)  # type: ignore[arg-type]
