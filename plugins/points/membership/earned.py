"""What members earned, and the levels, as the database knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from plugins.points.ledger.choices import PointsTransactionKind
from plugins.points.ledger.models import PointsTransaction
from plugins.points.membership.models import PointsLevel
from plugins.points.membership.rules import Step
from schema.plugin import UnitOfWork


def standing(transaction: Any) -> sa.ColumnElement[bool]:
    """The condition that nothing has reversed the transaction: it is reversed as a whole, and once."""
    undo = PointsTransaction.__table__.alias()
    return ~sa.exists().where(undo.c.reverses_id == transaction.id)


def earned(customer: Any, start: Any, at: Any) -> sa.ColumnElement[int]:
    """Points that a customer, named by a column of the query around, earned after `start` and up to `at`.

    Pending ones count; what was reversed since, adjusted or given back does not.
    """
    one = PointsTransaction.__table__.alias().c
    return (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(one.points), 0), sa.BigInteger))
        .where(
            one.customer_id == customer,
            one.kind == PointsTransactionKind.EARN,
            one.at > start,
            one.at <= at,
            standing(one),
        )
        .scalar_subquery()
    )


async def levels_in_force(work: UnitOfWork) -> Sequence[PointsLevel]:
    """The levels that members come to, the lowest first."""
    found = await work.session.scalars(
        sa.select(PointsLevel).where(PointsLevel.retired_at.is_(None)).order_by(PointsLevel.rank)
    )
    return found.all()


def ladder(levels: Sequence[PointsLevel]) -> list[Step]:
    """The levels as the rules see them."""
    return [Step(level.id, level.points_needed) for level in levels]
