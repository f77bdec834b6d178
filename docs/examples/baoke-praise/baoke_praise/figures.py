"""Figures made of reviews: SQL for fields and tier rules, and a service for other plugins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from baoke_praise.choices import PraiseChannel
from baoke_praise.models import PraiseReview
from schema.plugin import UnitOfWork


def average(stars: Any) -> Any:
    """Hundredths of a star, rounded half up: whole numbers are the same on every database. Null for none."""
    count = sa.func.count()
    return (sa.func.sum(stars) * 200 + count) // sa.func.nullif(count * 2, 0)


def _of(customer: Any, figure: Callable[[Any], Any], *, where: Callable[[Any], Any] | None = None) -> Any:
    """One figure of one customer: a subquery that the compiler puts into the statement of the whole query.

    Of `customer` nothing but its columns may be used. The alias keeps it apart from other reviews there.
    """
    review = sa.alias(PraiseReview.__table__)
    mine = sa.select(figure(review.c)).select_from(review).where(review.c.customer_id == customer.c.id)
    return (mine if where is None else mine.where(where(review.c))).scalar_subquery()


def count_of(customer: Any) -> Any:
    """How many reviews."""
    return _of(customer, lambda _: sa.func.count())


def average_of(customer: Any) -> Any:
    """The average; null where there is no review."""
    return _of(customer, lambda review: average(review.stars))


def last_at_of(customer: Any) -> Any:
    """When the latest one was said."""
    return _of(customer, lambda review: sa.func.max(review.at))


def given_of(customer: Any, as_of: sa.BindParameter[dt.datetime]) -> Any:
    """How many reviews had been given by then. Evidence is shown more widely than stars are: none in it."""
    return _of(customer, lambda _: sa.func.count(), where=lambda review: review.at <= as_of)


class Reputation:
    """What other plugins may ask: `services[Reputation]`. It asks for no right: ask before you show it."""

    async def averages(self, work: UnitOfWork, customers: Sequence[UUID]) -> Mapping[UUID, int]:
        """Hundredths of a star for each of these customers who has a review."""
        of = PraiseReview.customer_id
        query = sa.select(of, average(PraiseReview.stars)).where(of.in_(customers)).group_by(of)
        return dict((await work.session.execute(query)).tuples().all())

    async def by_channel(self, work: UnitOfWork) -> Sequence[tuple[PraiseChannel, int, int]]:
        """Channel, how many reviews, hundredths of a star; most reviews first."""
        of, count = PraiseReview.channel, sa.func.count()
        query = sa.select(of, count, average(PraiseReview.stars)).group_by(of).order_by(count.desc(), of)
        return [(channel, number, stars) for channel, number, stars in await work.session.execute(query)]
