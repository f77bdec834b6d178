"""How a customer is graded on recency, frequency and monetary value: pure functions (TIE-2).

JSON that clients read has the names of the API: `recencyDays`, `frequency`, `monetaryMinor`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.money import Money
from core.text import Text

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


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a rule looks at. `recency_days` is None for somebody who never bought."""

    recency_days: int | None
    frequency: int
    monetary_minor: int


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the customers of a tier have reached, all of it; None asks nothing.

    At most `recency_days` since the last purchase; in the window at least `frequency` purchases and
    `monetary_minor` minor units.
    """

    recency_days: int | None = None
    frequency: int | None = None
    monetary_minor: int | None = None

    def lacking(self, inputs: Inputs) -> dict[str, int | None]:
        """By how much each condition is missed; null days for somebody who never bought. Empty: all met."""
        lack: dict[str, int | None] = {}
        if self.recency_days is not None and inputs.recency_days is None:
            lack["recencyDays"] = None
        elif self.recency_days is not None and inputs.recency_days > self.recency_days:  # type: ignore[operator]
            lack["recencyDays"] = inputs.recency_days - self.recency_days  # type: ignore[operator]
        if self.frequency is not None and inputs.frequency < self.frequency:
            lack["frequency"] = self.frequency - inputs.frequency
        if self.monetary_minor is not None and inputs.monetary_minor < self.monetary_minor:
            lack["monetaryMinor"] = self.monetary_minor - inputs.monetary_minor
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
        tiers = (
            (t["code"], Conditions(t["recencyDays"], t["frequency"], t["monetaryMinor"]))
            for t in stored["tiers"]
        )
        return cls(stored["windowDays"], stored["currency"], tuple(tiers))

    @property
    def stored(self) -> dict[str, Any]:
        """The form that is stored and shown."""
        return {
            "windowDays": self.window_days,
            "currency": self.currency,
            "tiers": [
                {
                    "code": code,
                    "recencyDays": asked.recency_days,
                    "frequency": asked.frequency,
                    "monetaryMinor": asked.monetary_minor,
                }
                for code, asked in self.tiers
            ],
        }

    def grade(self, inputs: Inputs) -> str:
        """The code of the customer's tier; the last tier asks nothing."""
        return next(code for code, asked in self.tiers if not asked.lacking(inputs))

    def missing(self, inputs: Inputs, code: str) -> dict[str, Any] | None:
        """What is missing to the tier above; None in the highest."""
        place = [known for known, _ in self.tiers].index(code)
        if place == 0:
            return None
        above, asked = self.tiers[place - 1]
        return {"tier": above, **asked.lacking(inputs)}

    def evidence(self, inputs: Inputs, as_of: dt.datetime) -> dict[str, Any]:
        """What was looked at, and how, in the form that is stored and shown."""
        return {
            "recencyDays": inputs.recency_days,
            "frequency": inputs.frequency,
            "monetaryMinor": inputs.monetary_minor,
            "currency": self.currency,
            "windowDays": self.window_days,
            "asOf": as_of.isoformat(),
        }

    def reason(self, inputs: Inputs, tier: Text, version: int, *, lowest: bool) -> Text:
        """Why, in both languages. It quotes what was looked at and no threshold: those are another class."""
        spend = Money(inputs.monetary_minor, self.currency)
        bought = NEVER if inputs.recency_days is None else BOUGHT
        said = LOWEST if lowest else REASON
        facts = {
            "days": inputs.recency_days,
            "count": inputs.frequency,
            "window": self.window_days,
            "spend": spend,
        }
        return Text(
            said.say("en", bought=bought.say("en", **facts), tier=tier.en, version=version),
            said.say("zh", bought=bought.say("zh", **facts), tier=tier.zh, version=version),
        )
