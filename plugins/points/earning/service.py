"""Setting the rules. A rule is never edited, so what was earned stays explained: a new one follows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from plugins.points.earning.choices import PointsTrigger
from plugins.points.earning.models import PointsRule
from plugins.points.permissions import UPDATE_POINTS_RULE
from plugins.points.words import NO_CURRENCY, ORDER, REQUIRED
from schema.plugin import CURRENCIES, InvalidInput, Text, UnitOfWork, Viewer, add, allowed_somewhere, change

RULE = Text("points rule", "积分规则")
MOST = 10**9
MOST_SPAN = 1_200
RATIO = Text("two whole numbers from 1 to {most}", "须为 1 至 {most} 的两个整数")
SPAN = Text("from 0 to {most}", "应为 0 至 {most}")


@dataclass(frozen=True)
class Rules:
    """The rules of earning, as one caller may change them."""

    work: UnitOfWork
    viewer: Viewer

    async def add_rule(self, values: Mapping[str, Any]) -> PointsRule:
        """Enter a rule: columns of `PointsRule` by name. It holds from now, unless said otherwise."""
        allowed_somewhere(self.viewer, UPDATE_POINTS_RULE)
        now = self.work.clock.now()
        _check(values, now)
        row = PointsRule(id=self.work.ids.new(), created_at=now, valid_from=now, multipliers={})
        await add(self.work, self.viewer, UPDATE_POINTS_RULE, row, values)
        return row

    async def end_rule(self, rule: UUID, at: dt.datetime | None = None) -> PointsRule:
        """Let a rule end at a time (now, if None); what happened before still earns by it."""
        allowed_somewhere(self.viewer, UPDATE_POINTS_RULE)
        ended = {"valid_until": at or self.work.clock.now()}
        return await change(self.work, self.viewer, UPDATE_POINTS_RULE, (PointsRule, rule, RULE), ended)


def _check(values: Mapping[str, Any], now: dt.datetime) -> None:
    ratios: list[tuple[str, Sequence[Any]]] = [("numerator", (values["numerator"], values["denominator"]))]
    ratios += [("multipliers", ratio) for ratio in (values.get("multipliers") or {}).values()]
    for place, ratio in ratios:
        if len(ratio) != 2 or not all(isinstance(n, int) and 1 <= n <= MOST for n in ratio):  # noqa: PLR2004
            raise InvalidInput(place, RATIO, most=MOST)
    purchase = values["trigger"] is PointsTrigger.PURCHASE
    if purchase and values.get("currency") not in CURRENCIES:
        raise InvalidInput("currency", NO_CURRENCY)
    if (values["trigger"] is PointsTrigger.EVENT) != bool(values.get("event")):
        raise InvalidInput("event", REQUIRED)
    for name, place in (("pending_days", "pendingDays"), ("expiry_months", "expiryMonths")):
        if not 0 <= (values.get(name) or 0) <= MOST_SPAN:
            raise InvalidInput(place, SPAN, most=MOST_SPAN)
    start, end = values.get("valid_from") or now, values.get("valid_until")
    if end is not None and end < start:
        raise InvalidInput("validUntil", ORDER)
