"""What the tests share: mutations in the namespace, a programme, time, the books."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.clock import HeldClock
from core.ids import global_id, key_of
from plugins.points.ledger.verify import verify
from plugins.points.rewards.models import PointsReward
from tests.e2e.company import Company

PREFIX = PointsReward.__prefix__ or ""
LEVELS = [
    {"code": "basic", "name": "普通", "nameEn": "Basic", "pointsNeeded": 0},
    {"code": "gold", "name": "金卡", "nameEn": "Gold", "pointsNeeded": 500, "multiplierNumerator": 2},
]
RULE = {
    "name": "消费积分",
    "nameEn": "purchases",
    "trigger": "PURCHASE",
    "numerator": 1,
    "denominator": 100,
    "currency": "CNY",
    "expiryMonths": 1,
}
ACTIVITY = {
    "name": "活动积分",
    "nameEn": "activities",
    "trigger": "PARTICIPATION",
    "numerator": 20,
    "denominator": 1,
}
MUG = {"code": "mug", "kind": "GIFT", "name": "杯子", "nameEn": "Mug", "points": 40, "stock": 1}
COUPON = {
    "code": "tenner",
    "kind": "COUPON",
    "name": "十元券",
    "nameEn": "Ten yuan",
    "points": 50,
    "value": {"amount": "10", "currency": "CNY"},
    "days": 30,
}
SELECTED = {
    "join": "member { number level { code } }",
    "record": "transaction { id points }",
    "adjust": "transaction { id points reason }",
    "reverse": "transaction { id points }",
    "confirm": "transaction { points }",
    "reversePurchase": "points transactions purchase { id }",
    "setLevels": "codes",
    "saveRule": "rule { id }",
    "saveReward": "reward { id stock value { amount } }",
    "redeemReward": "redemption { id code state points }",
    "useCode": "redemption { state }",
    "cancelRedemption": "redemption { state }",
}


@dataclass
class Programme:
    """The company."""

    company: Company

    @property
    def rewards(self) -> dict[str, str]:
        """Ids by code."""
        codes = (str(reward["code"]) for reward in (MUG, COUPON))
        return {code: global_id(PREFIX, self.company.more[code]) for code in codes}

    def document(self, name: str) -> str:
        stem = f"Points{name[0].upper()}{name[1:]}"
        return (
            f"mutation Act($input: {stem}Input!) {{ points {{ {name}(input: $input) {{ __typename "
            f"... on UserError {{ code message field }} "
            f"... on {stem}Payload {{ {SELECTED.get(name, '__typename')} }} }} }} }}"
        )

    async def act(self, who: str, name: str, /, **given: Any) -> dict[str, Any]:
        """What a mutation of the namespace gave."""
        data = await self.company.ask(who, self.document(name), {"input": given})
        found: dict[str, Any] = data["points"][name]
        return found

    async def buy(self, customer: str = "wang", amount: str = "100") -> str:
        """Record a purchase, now; its id. Nothing is earned before `drain`."""
        given = {
            "customerId": self.company.id(customer),
            "at": self.clock.now().isoformat(),
            "amount": {"amount": amount, "currency": "CNY"},
        }
        made = await self.company.act("leader", "recordPurchase", given, "purchase { id }")
        bought: str = made["purchase"]["id"]
        return bought

    async def drain(self) -> None:
        """Do all durable work."""
        await self.company.app.worker.drain()

    async def figures(self, *names: str, who: str = "leader", customer: str = "wang") -> Any:
        """Fields of Customer.points."""
        query = f"query($id: ID!) {{ customer(id: $id) {{ points {{ {' '.join(names)} }} }} }}"
        data = await self.company.ask(who, query, {"id": self.company.id(customer)})
        found = data["customer"]["points"]
        return [found[name] for name in names] if len(names) > 1 else found[names[0]]

    async def sound(self) -> bool:
        """Whether the books are right."""
        async with self.company.app.database.unit_of_work() as work:
            return await verify(work) == []

    @property
    def clock(self) -> HeldClock:
        clock = self.company.app.database.clock
        assert isinstance(clock, HeldClock)
        return clock

    def wait(self, **by: float) -> None:
        self.clock.advance(dt.timedelta(**by))


async def begin(programme: Programme) -> None:
    """Levels, rules and rewards, as marketing sets them up; wang joins."""
    assert (await programme.act("marketing_manager", "setLevels", levels=LEVELS))["codes"] == [
        "basic",
        "gold",
    ]
    for rule in (RULE, ACTIVITY):
        assert (await programme.act("marketing_manager", "saveRule", **rule))["rule"]["id"]
    for reward in (MUG, COUPON):
        made = await programme.act("marketing_manager", "saveReward", **reward)
        programme.company.more[str(reward["code"])] = key_of(made["reward"]["id"], PREFIX)
    joined = await programme.act(
        "salesperson", "join", customerId=programme.company.id("wang"), channel="STAFF", number="W-1"
    )
    assert joined["member"] == {"number": "W-1", "level": {"code": "basic"}}
