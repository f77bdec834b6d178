"""How a customer is graded on recency, frequency, monetary value and signals: pure functions (TIE-2).

JSON that clients read has the names of the API: `recencyDays`, `frequency`, `monetaryMinor`; the signals
stand by name under `signals`, which is left out where there are none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self

from core.db.model import camel
from core.money import Money
from core.text import Text
from core.tiers.signals import Signal

REASON = Text(
    "{bought}: meets the conditions of {tier} (rule version {version})",
    "{bought}：符合“{tier}”的条件（规则第 {version} 版）",
)
LOWEST = Text(
    "{bought}: meets the conditions of no tier above {tier} (rule version {version})",
    "{bought}：未达到高于“{tier}”的条件（规则第 {version} 版）",
)
BOUGHT = Text(
    "last bought {days} days ago, {count} purchases in {window} days for {spend}",
    "距上次购买 {days} 天，{window} 天内购买 {count} 次、共 {spend}",
)
NEVER = Text("bought nothing yet", "尚未购买")
BESIDE = Text("{bought}, {about} = {figure}", "{bought}，{about} = {figure}")

SIGNALS = "signals"
AT_MOST = frozenset({"recency_days"})
"""Figures of which less is better; of all others, more is."""


@dataclass(frozen=True)
class Figures:
    """One figure for each measure: those of the core, and signals by name. None: there is no figure."""

    recency_days: int | None = None
    frequency: int | None = None
    monetary_minor: int | None = None
    signals: Mapping[str, int] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the stored form."""
        core = {name: stored[shown] for name, shown in MEASURES.items()}
        return cls(**core, signals=stored.get(SIGNALS, {}))

    @property
    def stored(self) -> dict[str, Any]:
        """The form that is stored and shown."""
        return nested(self.by_name)

    @property
    def by_name(self) -> dict[str, int | None]:
        """Every figure; a signal's name has a dot in it, so that no two are alike."""
        mine = vars(self)
        return {**{name: mine[name] for name in MEASURES}, **self.signals}


MEASURES = {one.name: camel(one.name) for one in fields(Figures) if one.name != SIGNALS}
"""The measures of the core: how they are called here and in the API."""


def nested(figures: Mapping[str, int | None]) -> dict[str, Any]:
    """Figures by name as they are stored and shown: signals apart from the measures of the core."""
    core = {MEASURES[name]: figure for name, figure in figures.items() if name in MEASURES}
    signals = {name: figure for name, figure in figures.items() if name not in MEASURES}
    return {**core, SIGNALS: signals} if signals else core


class Inputs(Figures):
    """What a rule looks at. There is no `recency_days` for somebody who never bought."""


class Conditions(Figures):
    """What the customers of a tier have reached, all of it; what is not there asks nothing.

    At most `recency_days` since the last purchase; in the window at least `frequency` purchases and
    `monetary_minor` minor units; at least so much of each signal.
    """

    @cached_property
    def asked(self) -> Mapping[str, int]:
        """The figures that are asked for."""
        return {name: figure for name, figure in self.by_name.items() if figure is not None}

    def lacking(self, inputs: Inputs) -> dict[str, int | None]:
        """By how much each condition is missed; null days for somebody who never bought. Empty: all met."""
        lack: dict[str, int | None] = {}
        reached = inputs.by_name
        for name, asked in self.asked.items():
            figure = reached[name]
            if figure is None:
                lack[name] = None
            elif (short := figure - asked if name in AT_MOST else asked - figure) > 0:
                lack[name] = short
        return lack


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A rule: the first tier whose conditions are met takes the customer. `tiers` stand in order of rank."""

    window_days: int
    currency: str
    tiers: tuple[tuple[str, Conditions], ...]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the stored form."""
        tiers = ((tier["code"], Conditions.of(tier)) for tier in stored["tiers"])
        return cls(stored["windowDays"], stored["currency"], tuple(tiers))

    @property
    def stored(self) -> dict[str, Any]:
        """The form that is stored and shown."""
        return {
            "windowDays": self.window_days,
            "currency": self.currency,
            "tiers": [{"code": code, **asked.stored} for code, asked in self.tiers],
        }

    @property
    def signals(self) -> frozenset[str]:
        """The names of the signals that some tier asks for."""
        return frozenset(name for _, asked in self.tiers for name in asked.signals)

    def grade(self, inputs: Inputs) -> str:
        """The code of the customer's tier; the last tier asks nothing."""
        return next(code for code, asked in self.tiers if not asked.lacking(inputs))

    def missing(self, inputs: Inputs, code: str) -> dict[str, Any] | None:
        """What is missing to the tier above; None in the highest."""
        place = [known for known, _ in self.tiers].index(code)
        if place == 0:
            return None
        above, asked = self.tiers[place - 1]
        return {"tier": above, **nested(asked.lacking(inputs))}

    def evidence(self, inputs: Inputs, as_of: dt.datetime) -> dict[str, Any]:
        """What was looked at, and how, in the form that is stored and shown."""
        return {
            **inputs.stored,
            "currency": self.currency,
            "windowDays": self.window_days,
            "asOf": as_of.isoformat(),
        }

    def reason(
        self, inputs: Inputs, tier: Text, version: int, *, lowest: bool, signals: Sequence[Signal] = ()
    ) -> Text:
        """Why, in both languages. It quotes what was looked at and no threshold: those are another class."""
        spend = Money(inputs.monetary_minor or 0, self.currency)
        bought = NEVER if inputs.recency_days is None else BOUGHT
        said = LOWEST if lowest else REASON
        facts = {
            "days": inputs.recency_days,
            "count": inputs.frequency,
            "window": self.window_days,
            "spend": spend,
        }
        en, zh = bought.say("en", **facts), bought.say("zh", **facts)
        for one in signals:
            figure = inputs.signals[one.name]
            en = BESIDE.say("en", bought=en, about=one.about.en, figure=figure)
            zh = BESIDE.say("zh", bought=zh, about=one.about.zh, figure=figure)
        return Text(
            said.say("en", bought=en, tier=tier.en, version=version),
            said.say("zh", bought=zh, tier=tier.zh, version=version),
        )
