"""Each member's months: counted from purchases and ledger, and only what changed is written (PTS-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from plugins.points.analysis.calendar import Month, place_of
from plugins.points.analysis.models import PointsMonth
from plugins.points.columns import among
from plugins.points.ledger.choices import PointsTransactionKind
from plugins.points.ledger.models import PointsTransaction
from plugins.points.membership.earned import standing
from schema.plugin import Purchase, UnitOfWork

MONTHS: sa.Table = PointsMonth.__table__  # type: ignore[assignment]
KINDS = {
    PointsTransactionKind.EARN: "earned",
    PointsTransactionKind.REDEEM: "redeemed",
    PointsTransactionKind.EXPIRE: "expired",
}


FIGURES = ("purchases", "spend_minor", "spend_currency", "other_spend", "earned", "redeemed", "expired")


@dataclass(slots=True)
class Counted:
    """What was counted of one member in one month."""

    purchases: int = 0
    spend: dict[str, int] = field(default_factory=dict)
    earned: int = 0
    redeemed: int = 0
    expired: int = 0

    def figures(self, currency: str) -> tuple[Any, ...]:
        """The columns FIGURES, in the company's currency and others."""
        others = {code: minor for code, minor in self.spend.items() if code != currency}
        spend = self.spend.get(currency, 0)
        points = self.earned, self.redeemed, self.expired
        return self.purchases, spend, currency, others or None, *points


async def keep_months(
    work: UnitOfWork, customers: Sequence[UUID], months: Sequence[Month], currency: str
) -> None:
    """Bring the rows of these members and months up to date; older months stay as they were."""
    counted = await _count(work, customers, months)
    stored = await _stored(work, customers, months)
    wanted = {
        (customer, months[place].day): found.figures(currency) for (customer, place), found in counted.items()
    }
    fresh = [
        {"id": work.ids.new(), "customer_id": at[0], "month": at[1], **_named(figures)}
        for at, figures in wanted.items()
        if at not in stored
    ]
    changed = [
        {"key": stored[at][0], **_named(figures)}
        for at, figures in wanted.items()
        if at in stored and stored[at][1] != figures
    ]
    gone = [key for at, (key, _) in stored.items() if at not in wanted]
    if gone:
        await work.session.execute(sa.delete(MONTHS).where(among(MONTHS.c.id, gone)))
    if changed:
        update = sa.update(MONTHS).where(MONTHS.c.id == sa.bindparam("key"))
        await work.session.execute(update.values(_named(map(sa.bindparam, FIGURES))), changed)
    if fresh:
        await work.session.execute(sa.insert(MONTHS), fresh)


async def _count(
    work: UnitOfWork, customers: Sequence[UUID], months: Sequence[Month]
) -> Mapping[tuple[UUID, int], Counted]:
    found: defaultdict[tuple[UUID, int], Counted] = defaultdict(Counted)
    month = place_of(months, Purchase.at).label("month")
    bought = (
        sa.select(
            Purchase.customer_id,
            month,
            Purchase.currency,
            sa.func.count(),
            sa.cast(sa.func.sum(Purchase.amount_minor), sa.BigInteger),
        )
        .where(among(Purchase.customer_id, customers), _within(months, Purchase.at))
        .group_by(Purchase.customer_id, month, Purchase.currency)
    )
    for customer, place, currency, purchases, spend in await work.session.execute(bought):
        one = found[customer, place]
        one.purchases += purchases
        one.spend[currency] = spend
    happened = PointsTransaction
    month = place_of(months, happened.at).label("month")
    moved = (
        sa.select(
            happened.customer_id,
            month,
            happened.kind,
            sa.cast(sa.func.sum(sa.func.abs(happened.points)), sa.BigInteger),
        )
        .where(
            among(happened.customer_id, customers),
            _within(months, happened.at),
            happened.kind.in_(list(KINDS)),
            standing(happened),
        )
        .group_by(happened.customer_id, month, happened.kind)
    )
    for customer, place, kind, points in await work.session.execute(moved):
        setattr(found[customer, place], KINDS[kind], points)
    return found


async def _stored(
    work: UnitOfWork, customers: Sequence[UUID], months: Sequence[Month]
) -> Mapping[tuple[UUID, Any], tuple[UUID, tuple[Any, ...]]]:
    rows = await work.session.execute(
        sa.select(
            MONTHS.c.id, MONTHS.c.customer_id, MONTHS.c.month, *(MONTHS.c[name] for name in FIGURES)
        ).where(among(MONTHS.c.customer_id, customers), MONTHS.c.month >= months[0].day)
    )
    return {(customer, month): (key, tuple(figures)) for key, customer, month, *figures in rows}


def _named(figures: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(FIGURES, figures, strict=True))


def _within(months: Sequence[Month], at: Any) -> sa.ColumnElement[bool]:
    return sa.and_(at >= months[0].start, at < months[-1].end)
