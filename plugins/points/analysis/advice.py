"""Why marketing should speak with a member: pure rules over what is known of the member (PTS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from plugins.points.analysis.choices import PointsAdvice
from plugins.points.settings import PointsSettings
from schema.plugin import Language, Text

EXPIRING = Text(
    "{points} points expire from {day} on; “{reward}” for {price} points is in reach",
    "{points} 积分自 {day} 起到期；可兑换“{reward}”（{price} 积分）",
)
NEXT_LEVEL = Text("{points} points short of the level “{level}”", "距“{level}”等级还差 {points} 积分")
IDLE = Text(
    "{points} points, some since {day}, and nothing redeemed for {months} months",
    "持有 {points} 积分，最早获得于 {day}，{months} 个月内未兑换",
)
FADING = Text(
    "bought {category} {recent} times in the last {months} months, "
    "and {earlier} times in the {before} months before",
    "近 {months} 个月购买 {category} {recent} 次，此前 {before} 个月为 {earlier} 次",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward that can be redeemed now. `needed`: points of the level that it asks for."""

    id: UUID
    name: Text
    price: int
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """A level, as a member may come to it."""

    name: Text
    needed: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one member. `expiring`: points that expire within the days of the settings."""

    balance: int = 0
    expiring: int = 0
    expires_on: dt.date | None = None
    earned: int = 0
    level_needed: int = 0
    oldest_on: dt.date | None = None
    idle: bool = False
    had_enough: frozenset[UUID] = frozenset()
    categories: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Category to purchases in the months before, and in the recent ones."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One recommendation, with its reason."""

    kind: PointsAdvice
    reason: Text
    points: int | None = None
    reward: UUID | None = None


def advise(
    known: Known, goals: Sequence[Goal], offers: Sequence[Offer], settings: PointsSettings
) -> Iterator[Advice]:
    """What there is to say of a member; each kind once at most. `goals`: the levels, the lowest first."""
    best = in_reach(known, offers)
    if known.expiring and known.expires_on and best:
        yield Advice(
            PointsAdvice.EXPIRING,
            _said(EXPIRING, points=known.expiring, day=known.expires_on, reward=best.name, price=best.price),
            known.expiring,
            best.id,
        )
    goal = next((goal for goal in goals if goal.needed > known.earned), None)
    if goal and 100 * (goal.needed - known.earned) <= settings.nearly_percent * goal.needed:
        short = goal.needed - known.earned
        yield Advice(PointsAdvice.NEXT_LEVEL, _said(NEXT_LEVEL, points=short, level=goal.name), short)
    if known.idle and known.balance >= settings.idle_points:
        told = _said(IDLE, points=known.balance, day=known.oldest_on, months=settings.idle_months)
        yield Advice(PointsAdvice.IDLE, told, known.balance, best.id if best else None)
    if (category := fading(known.categories, settings)) is not None:
        earlier, recent = known.categories[category]
        months, before = settings.fading_months, settings.fading_before
        told = _said(FADING, category=category, recent=recent, earlier=earlier, months=months, before=before)
        yield Advice(PointsAdvice.FADING, told)


def in_reach(known: Known, offers: Sequence[Offer]) -> Offer | None:
    """The dearest reward that the member can redeem now."""
    open_to = [
        offer
        for offer in offers
        if offer.price <= known.balance
        and offer.needed <= known.level_needed
        and offer.id not in known.had_enough
    ]
    return max(open_to, key=lambda offer: (offer.price, offer.id), default=None)


def fading(categories: Mapping[str, tuple[int, int]], settings: PointsSettings) -> str | None:
    """The favourite category of the months before, if its pace fell below the share of the settings."""
    favourite = max(categories, key=lambda name: (categories[name][0], name), default=None)
    if favourite is None:
        return None
    earlier, recent = categories[favourite]
    pace, now = earlier * settings.fading_months, recent * settings.fading_before
    falls = 100 * now < settings.fading_percent * pace
    return favourite if earlier >= settings.fading_least and falls else None


def _said(template: Text, **params: object) -> Text:
    """The sentence in both languages, names in each."""

    def say(language: Language) -> str:
        words = {name: p.say(language) if isinstance(p, Text) else p for name, p in params.items()}
        return template.say(language, **words)

    return Text(say("en"), say("zh"))
