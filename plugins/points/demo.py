"""Demo data: a programme of a year, 2,000 members, their points by the rules, what they took. No real people.

Month by month, as if it had run all the time: what is entered bears the time of its month.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from plugins.points.analysis.calendar import Month, months_until
from plugins.points.analysis.run import analyse_members, analyse_month
from plugins.points.earning.handlers import on_participations, on_purchases
from plugins.points.earning.service import Rules
from plugins.points.errors import NotOnOffer
from plugins.points.ledger.books import ACCOUNTS, Books
from plugins.points.ledger.service import Ledger
from plugins.points.membership.choices import PointsLevelReason
from plugins.points.membership.earned import levels_in_force
from plugins.points.membership.levels import Levels, grade
from plugins.points.membership.models import PointsLevelChange, PointsMember
from plugins.points.programme import LEVELS, rewards, rules
from plugins.points.randomness import card_number
from plugins.points.rewards.catalogue import Offers
from plugins.points.rewards.choices import PointsRedemptionState
from plugins.points.rewards.models import PointsRedemption
from plugins.points.rewards.service import Redemptions, expire
from plugins.points.settings import company_currency, company_zone
from schema.plugin import (
    Collection,
    Context,
    Participation,
    ParticipationRecorded,
    Purchase,
    PurchaseRecorded,
)

SEED, MEMBERS, MONTHS, REDEEM = 20_261_122, 2_000, 12, 8
PART, TERM = 1_000, 6
MOST = 100_000
CHANNELS = (Collection.STAFF, Collection.WECHAT, Collection.APP, Collection.WEBSITE)


class _Standing:
    """A clock that stands at a time."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def now(self) -> dt.datetime:
        """The time at which it stands."""
        return self.at


async def fill(context: Context) -> None:
    """The programme and its life until now."""
    work, clock = context.work, context.work.clock
    now, chance = clock.now(), random.Random(SEED)  # noqa: S311  # nothing depends on it but what is shown
    months = months_until(now, MONTHS, company_zone(work))
    try:
        work.clock = _Standing(months[0].start)
        offers = await _programme(context)
        await _enrol(context, chance)
        for number, month in enumerate(months, start=1):
            work.clock = _Standing(min(month.end - dt.timedelta(seconds=1), now))
            await _live(context, month)
            if number % TERM == 0:
                await _grade(context)
            await _redeem(context, chance, offers)
    finally:
        work.clock = clock
    await _end(context, chance)
    last: UUID | None = None
    while (last := await analyse_members(work, now, last)) is not None:
        pass
    for back in range(MONTHS):
        await analyse_month(work, now, back)


async def _programme(context: Context) -> Sequence[tuple[int, UUID]]:
    """Levels, rules and rewards; price and key of each reward."""
    work, viewer, currency = context.work, context.viewer, company_currency(context.work)
    await Levels(work, viewer).set(LEVELS)
    for rule in rules(currency):
        await Rules(work, viewer).add_rule(rule)
    offers = [await Offers(work, viewer).create(reward) for reward in rewards(currency)]
    return [(offer.points, offer.id) for offer in offers]


async def _enrol(context: Context, chance: random.Random) -> None:
    """Customers who bought join at the lowest level: with their first purchase, or as it all begins."""
    work = context.work
    first = sa.func.min(Purchase.at)
    bought = sa.select(Purchase.customer_id, first).group_by(Purchase.customer_id)
    found = (await work.session.execute(bought.order_by(first, Purchase.customer_id))).all()
    start = work.clock.now()
    chosen = [(customer, max(at, start)) for customer, at in chance.sample(found, min(MEMBERS, len(found)))]
    if not chosen:
        return
    level = (await levels_in_force(work))[0].id
    members = [
        {
            "id": work.ids.new(),
            "customer_id": customer,
            "number": card_number(chance.randrange),
            "joined_at": at,
            "channel": chance.choice(CHANNELS),
            "level_id": level,
            "level_since": at,
        }
        for customer, at in chosen
    ]
    joined = [
        {
            "id": work.ids.new(),
            "customer_id": customer,
            "level_id": level,
            "reason": PointsLevelReason.JOINED,
            "at": at,
            "earned": 0,
        }
        for customer, at in chosen
    ]
    await work.session.execute(sa.insert(PointsMember), members)
    await work.session.execute(sa.insert(PointsLevelChange), joined)
    await Books(work, context.viewer).open([customer for customer, _ in chosen])


async def _live(context: Context, month: Month) -> None:
    """What was bought and taken part in earns; what falls due is confirmed, or expires."""
    work, now = context.work, context.work.clock.now()
    bought = sa.select(Purchase.id, Purchase.customer_id).where(
        Purchase.at >= month.start, Purchase.at <= now
    )
    purchases = (await work.session.execute(bought.order_by(Purchase.at, Purchase.id))).all()
    for at in range(0, len(purchases), PART):
        part = purchases[at : at + PART]
        await on_purchases(context, [PurchaseRecorded(purchase_id=p, customer_id=c) for p, c in part])
    taken = sa.select(Participation.id, Participation.customer_id, Participation.activity_id).where(
        Participation.created_at >= month.start, Participation.created_at <= now
    )
    parts = (await work.session.execute(taken.order_by(Participation.id))).all()
    told = [ParticipationRecorded(participation_id=p, customer_id=c, activity_id=a) for p, c, a in parts]
    await on_participations(context, told)
    ledger = Ledger(work, context.viewer)
    await ledger.confirm_due(now, MOST)
    await ledger.expire(now, MOST)
    await expire(work, MOST)


async def _redeem(context: Context, chance: random.Random, offers: Sequence[tuple[int, UUID]]) -> None:
    """Some members take what they can afford."""
    cheapest = min(price for price, _ in offers)
    able = sa.select(ACCOUNTS.c.customer_id, ACCOUNTS.c.balance).where(ACCOUNTS.c.balance >= cheapest)
    found = (await context.work.session.execute(able.order_by(ACCOUNTS.c.customer_id))).all()
    service = Redemptions(context.work, context.viewer, chance.randrange)
    for customer, balance in chance.sample(found, min(REDEEM, len(found))):
        reward = chance.choice([key for price, key in offers if price <= balance])
        try:
            await service.issue(customer, reward)
        except NotOnOffer:  # of some a member may have so many only
            continue


async def _grade(context: Context) -> None:
    now, last = context.work.clock.now(), await grade(context.work, context.work.clock.now(), None)
    while last is not None:
        last = await grade(context.work, now, last)


async def _end(context: Context, chance: random.Random) -> None:
    """Half of what still could be used was used, the day after."""
    work, had = context.work, PointsRedemption
    issued = sa.select(had.id, had.issued_at).where(had.state == PointsRedemptionState.ISSUED)
    for key, at in (await work.session.execute(issued.order_by(had.id))).all():
        ended = at + dt.timedelta(days=1)
        if chance.random() < 1 / 2 and ended < work.clock.now():
            used = {"state": PointsRedemptionState.USED, "ended_at": ended}
            await work.session.execute(sa.update(had).where(had.id == key).values(used))
