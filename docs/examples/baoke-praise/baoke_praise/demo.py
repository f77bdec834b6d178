"""Demo data: some hundreds of reviews, the same for the same seed and clock."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from baoke_praise.choices import PraiseChannel
from baoke_praise.models import PraiseRequest, PraiseReview
from schema.plugin import Context, Customer, Purchase

SEED, ONE_IN, DAYS, OPEN = 20_261_105, 6, 365, 40
STARS = (5, 5, 5, 5, 4, 4, 4, 3, 2, 1)
SAID = {
    5: ("音质很好，包装用心", "老客户了，服务一如既往", "发货快，客服耐心，推荐"),
    4: ("整体满意，物流稍慢", "唱片不错，价格略高"),
    3: ("一般，没有想象中好",),
    2: ("包装有压痕，客服已补发",),
    1: ("等了两周才到货，体验不好",),
}


async def fill(context: Context) -> None:
    """Reviews of one customer in six, and requests about the latest purchases of others."""
    work = context.work
    chance = random.Random(SEED)  # noqa: S311  # nothing depends on it but what is shown
    customers = (await work.session.scalars(sa.select(Customer.id).order_by(Customer.number))).all()
    spoken = sorted(chance.sample(customers, len(customers) // ONE_IN))
    reviews = [_review(context, chance, one) for one in spoken for _ in range(chance.choice((1, 1, 2)))]
    if reviews:
        await work.session.execute(sa.insert(PraiseReview), reviews)
    latest = (
        sa.select(Purchase.id, Purchase.customer_id).order_by(Purchase.at.desc(), Purchase.id).limit(OPEN * 2)
    )
    silent = {one: purchase for purchase, one in await work.session.execute(latest) if one not in set(spoken)}
    now = work.clock.now()
    requests = [
        {"id": work.ids.new(), "customer_id": one, "purchase_id": purchase, "created_at": now}
        for one, purchase in list(silent.items())[:OPEN]
    ]
    if requests:
        await work.session.execute(sa.insert(PraiseRequest), requests)


def _review(context: Context, chance: random.Random, customer: UUID) -> dict[str, Any]:
    stars = chance.choice(STARS)
    channel = chance.choice(tuple(PraiseChannel))
    key = context.work.ids.new()
    at = context.work.clock.now() - dt.timedelta(minutes=chance.randrange(DAYS * 24 * 60))
    return {
        "id": key,
        "customer_id": customer,
        "channel": channel,
        "source_id": None if channel is PraiseChannel.OFFLINE else f"demo-{key.hex[-12:]}",
        "stars": stars,
        "text": chance.choice(SAID[stars]),
        "at": at,
        "created_at": at,
    }
