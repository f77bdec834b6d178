"""Rules applied to what happens: each purchase, participation or event earns once, however often told."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from plugins.points.columns import among
from plugins.points.earning.choices import PointsTrigger
from plugins.points.earning.models import PointsRule
from plugins.points.earning.rules import ONE, Happening, Rule, best
from plugins.points.ledger.books import TRANSACTIONS
from plugins.points.ledger.service import Earning, Ledger, Source
from plugins.points.membership.models import PointsMember
from plugins.points.membership.service import multipliers
from plugins.points.settings import company_zone, settings_of
from schema.plugin import (
    Context,
    Event,
    Handler,
    Participation,
    ParticipationRecorded,
    Purchase,
    PurchaseRecorded,
    Tier,
    TierAssignment,
    UnitOfWork,
)

BATCH = 500


@dataclass(frozen=True)
class Earned:
    """Something that happened to a customer. `key`: the same whenever it is told."""

    customer: UUID
    source: Source
    key: str
    happening: Happening


async def on_purchases(context: Context, events: Sequence[PurchaseRecorded]) -> None:
    """Points for purchases."""
    wanted = among(Purchase.id, {event.purchase_id for event in events})
    rows = await context.work.session.execute(
        sa.select(
            Purchase.id,
            Purchase.customer_id,
            Purchase.at,
            Purchase.amount_minor,
            Purchase.currency,
            Purchase.category,
        ).where(wanted)
    )
    await give(
        context,
        [
            Earned(
                row.customer_id,
                Source("purchase", row.id),
                row.id.hex,
                Happening(PointsTrigger.PURCHASE, row.at, row.amount_minor, row.currency, row.category),
            )
            for row in rows
        ],
    )


async def on_participations(context: Context, events: Sequence[ParticipationRecorded]) -> None:
    """Points for taking part in activities."""
    wanted = among(Participation.id, {event.participation_id for event in events})
    rows = await context.work.session.execute(
        sa.select(Participation.id, Participation.customer_id, Participation.created_at).where(wanted)
    )
    await give(
        context,
        [
            Earned(
                row.customer_id,
                Source("participation", row.id),
                row.id.hex,
                Happening(PointsTrigger.PARTICIPATION, row.created_at),
            )
            for row in rows
        ],
    )


def on(event: type[Event]) -> Callable[[Context, Sequence[Event]], Awaitable[None]]:
    """Points for an event that names a customer (`customer_id`), by the rules for its name.

    Two events of the same content are one and the same: an event names what it is about.
    """

    async def handle(context: Context, events: Sequence[Event]) -> None:
        now = context.work.clock.now()
        happening = Happening(PointsTrigger.EVENT, now, event=event.event_name)
        happened = []
        for one in events:
            customer: UUID = getattr(one, "customer_id")  # noqa: B009  # not every event has one
            content = hashlib.sha256(one.model_dump_json().encode()).hexdigest()
            happened.append(Earned(customer, Source(event.event_name), content, happening))
        await give(context, happened)

    return handle


HANDLERS = (
    Handler("points.purchases", PurchaseRecorded, on_purchases, BATCH),
    Handler("points.participations", ParticipationRecorded, on_participations, BATCH),
)


async def give(context: Context, happened: Sequence[Earned]) -> None:
    """Enter what the rules give for what has not earned yet; in few statements, however many they are.

    What somebody earned before joining, and what would have expired by now, is not entered.
    """
    work = context.work
    now, zone = work.clock.now(), company_zone(work)
    rules = await rules_in_use(work)
    customers = {one.customer for one in happened}
    since = await _members(work, customers)
    tiers = await _tiers(work, since)
    levels = await multipliers(work, list(since))
    done = await _known(work, happened)
    earnings: dict[tuple[str, str], Earning] = {}
    for one in happened:
        joined, place = since.get(one.customer), (one.source.kind, one.key)
        if joined is None or one.happening.at < joined or place in done:
            continue
        found = best(rules, one.happening, tiers[one.customer], levels.get(one.customer, ONE))
        if found is None:
            continue
        rule, points = found
        at = one.happening.at
        ready, end = rule.available_at(at), rule.expires_at(at, zone)
        if end is None or end > now:
            earnings[place] = Earning(
                one.customer, points, one.source, one.key, ready > now, ready, end, at, rule.id
            )
    if earnings:
        await Ledger(work, context.viewer).earn_many(list(earnings.values()))


async def rules_in_use(work: UnitOfWork) -> list[Rule]:
    """The active rules."""
    rows = await work.session.execute(sa.select(PointsRule.__table__).where(PointsRule.active))
    return [Rule.of(row) for row in rows]


EVER = dt.datetime.min.replace(tzinfo=dt.UTC)


async def _members(work: UnitOfWork, customers: Collection[UUID]) -> Mapping[UUID, dt.datetime]:
    """Since when each of these customers earns; those who don't are left out."""
    if not settings_of(work).members_only:
        return dict.fromkeys(customers, EVER)
    asked = sa.select(PointsMember.customer_id, PointsMember.joined_at).where(
        PointsMember.left_at.is_(None), among(PointsMember.customer_id, customers)
    )
    return {row.customer_id: row.joined_at for row in await work.session.execute(asked)}


async def _tiers(work: UnitOfWork, customers: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """The codes of the tiers that the customers are in, of all schemes."""
    asked = (
        sa.select(TierAssignment.customer_id, Tier.code)
        .join(Tier, Tier.id == TierAssignment.tier_id)
        .where(TierAssignment.ended_at.is_(None), among(TierAssignment.customer_id, customers))
    )
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for customer, code in await work.session.execute(asked):
        found[customer].add(code)
    return found


async def _known(work: UnitOfWork, happened: Sequence[Earned]) -> set[tuple[str, str]]:
    """What is in the books already: what it would earn today may be another figure."""
    asked = sa.select(TRANSACTIONS.c.source_kind, TRANSACTIONS.c["key"]).where(
        TRANSACTIONS.c.scope.in_({f"earn:{one.source.kind}" for one in happened}),
        TRANSACTIONS.c["key"].in_([one.key for one in happened]),
    )
    return {(row[0], row[1]) for row in await work.session.execute(asked)}
