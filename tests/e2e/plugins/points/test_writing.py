"""What clients do with points (PTS-1 to PTS-3, BEY-15, PRM-9)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from core.idempotency import KEYS
from schema.plugin import enqueue
from tests.e2e.plugins.points.programme import Programme

SECOND = {"reason": "a second one"}


async def test_purchases_and_activities_earn_once_however_often_they_are_told(programme: Programme) -> None:
    company = programme.company
    await programme.buy(amount="120.99")
    assert await programme.figures("balance") == 0
    await programme.drain()
    await programme.drain()
    assert await programme.figures("balance") == 120
    made = await company.act(
        "leader",
        "createActivity",
        {"title": "Tasting", "kind": "SEMINAR"},
        "activity { id }",
    )
    given = {"activityId": made["activity"]["id"], "customerId": company.id("wang")}
    await company.act("leader", "registerParticipation", given)
    await programme.drain()
    assert await programme.figures("balance") == 140
    assert await programme.sound()


async def test_members_rise_by_what_they_earn(programme: Programme) -> None:
    """At the next grading; from then on they earn by their level, and it is told."""
    company = programme.company
    await programme.buy(amount="600")
    await programme.drain()
    async with company.app.database.unit_of_work() as work:
        await enqueue(work, "points.levels", {})
    await programme.drain()
    query = "query($id: ID!) { customer(id: $id) { points { member { level { code } } } } }"
    data = await company.ask("leader", query, {"id": company.id("wang")})
    assert data["customer"]["points"]["member"]["level"] == {"code": "gold"}
    await programme.buy(amount="100")
    await programme.drain()
    assert await programme.figures("balance") == 800


async def test_who_is_no_member_earns_nothing(programme: Programme) -> None:
    await programme.buy("zhao")
    await programme.drain()
    assert await programme.figures("balance", customer="zhao") is None


async def test_all_points_of_a_purchase_are_taken_back_exactly_and_once(programme: Programme) -> None:
    company, mug = programme.company, programme.rewards["mug"]
    bought = await programme.buy()
    early = await programme.act("leader", "reversePurchase", purchaseId=bought, reason="returned")
    assert (early["code"], early["field"]) == ("POINTS_NOTHING_EARNED", "purchaseId")
    await programme.drain()
    await programme.act("salesperson", "redeemReward", customerId=company.id("wang"), rewardId=mug)
    assert await programme.figures("balance", "claim") == [60, 0]
    given = {"purchaseId": bought, "reason": "returned", "idempotencyKey": "R-1"}
    done = await programme.act("leader", "reversePurchase", **given)
    assert (done["points"], done["transactions"], done["purchase"]) == (100, 1, {"id": bought})
    assert await programme.act("leader", "reversePurchase", **given) == done
    assert await programme.figures("balance", "claim") == [0, 40]
    again = await programme.act("leader", "reversePurchase", purchaseId=bought, **SECOND)
    assert again["code"] == "POINTS_ALREADY_REVERSED"
    await programme.buy(amount="70")
    await programme.drain()
    assert await programme.figures("balance", "claim") == [30, 0]
    assert await programme.sound()


async def test_of_two_who_want_the_last_piece_one_gets_it(programme: Programme) -> None:
    company = programme.company
    for name in ("wang", "li"):
        given = {"customerId": company.id(name), "points": 50, "reason": "opening"}
        await programme.act("leader", "adjust", **given)
    await programme.act("leader", "join", customerId=company.id("li"), channel="STAFF")
    wanted = [
        programme.act(
            "leader", "redeemReward", customerId=company.id(name), rewardId=programme.rewards["mug"]
        )
        for name in ("wang", "li", "wang", "li")
    ]
    said = await asyncio.gather(*wanted)
    assert sorted(one.get("code", "done") for one in said).count("done") == 1
    assert {one.get("code") for one in said} <= {None, "POINTS_OUT_OF_STOCK", "POINTS_INSUFFICIENT"}
    left = [await programme.figures("balance", customer=name) for name in ("wang", "li")]
    assert sorted(left) == [10, 50]
    assert await programme.sound()


async def test_points_are_never_spent_twice(programme: Programme) -> None:
    company, tenner = programme.company, programme.rewards["tenner"]
    await programme.act("leader", "adjust", customerId=company.id("wang"), points=120, reason="opening")
    wanted = {"customerId": company.id("wang"), "rewardId": tenner}
    said = await asyncio.gather(*(programme.act("salesperson", "redeemReward", **wanted) for _ in range(5)))
    assert sorted(one.get("code", "done") for one in said) == ["POINTS_INSUFFICIENT"] * 3 + ["done"] * 2
    assert await programme.figures("balance") == 20
    assert await programme.sound()


async def test_a_code_is_used_once_or_cancelled(programme: Programme) -> None:
    company, tenner = programme.company, programme.rewards["tenner"]
    await programme.act("leader", "adjust", customerId=company.id("wang"), points=120, reason="opening")
    wanted = {"customerId": company.id("wang"), "rewardId": tenner}
    first, second = [
        (await programme.act("salesperson", "redeemReward", **wanted))["redemption"] for _ in range(2)
    ]
    code = first["code"].replace("-", " ").lower()
    assert (await programme.act("salesperson", "useCode", code=code))["redemption"] == {"state": "USED"}
    assert (await programme.act("salesperson", "useCode", code=code))["code"] == "POINTS_REDEMPTION_ENDED"
    cancel = {"id": second["id"], "reason": "a mistake"}
    refused = await company.whole("salesperson", programme.document("cancelRedemption"), {"input": cancel})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    done = await programme.act("leader", "cancelRedemption", **cancel)
    assert done["redemption"] == {"state": "CANCELLED"}
    assert await programme.figures("balance") == 70
    unknown = await programme.act("salesperson", "useCode", code="ABCD-2345-EFGH-6789")
    assert unknown["code"] == "NOT_FOUND"
    masked = await company.ask("marketing_manager", "{ points { redemptions { nodes { code } } } }")
    assert {one["code"][:15] for one in masked["points"]["redemptions"]["nodes"]} == {"****-****-****-"}


async def test_a_key_counts_once_also_in_the_books(programme: Programme) -> None:
    company = programme.company
    given = {"customerId": company.id("wang"), "points": 10, "reason": "sorry", "idempotencyKey": "K"}
    done = await programme.act("leader", "adjust", **given)
    assert await programme.act("leader", "adjust", **given) == done
    other = await programme.act("leader", "adjust", **{**given, "points": 11})
    assert other["code"] == "IDEMPOTENCY_MISMATCH"
    async with company.app.database.unit_of_work() as work:  # long after the core forgot the key
        await work.session.execute(sa.delete(KEYS))
    assert await programme.act("leader", "adjust", **given) == done
    assert await programme.figures("balance") == 10
    theirs = await programme.act("marketing_manager", "adjust", **given)
    assert theirs["transaction"]["id"] != done["transaction"]["id"]
    record = {"customerId": company.id("wang"), "points": 5, "occasion": "REFERRAL", "idempotencyKey": "K"}
    for who in ("leader", "leader", "marketing_manager"):
        await programme.act(who, "record", **record)
    assert await programme.figures("balance") == 30
    assert await programme.sound()


async def test_recorded_points_may_wait(programme: Programme) -> None:
    given = {"customerId": programme.company.id("wang"), "points": 30, "occasion": "REVIEW", "pending": True}
    made = await programme.act("leader", "record", **given, reason="a long review")
    assert await programme.figures("balance", "pending") == [0, 30]
    key = made["transaction"]["id"]
    assert (await programme.act("leader", "confirm", transactionId=key))["transaction"] == {"points": 30}
    assert await programme.figures("balance", "pending") == [30, 0]
    late = {"expiresAt": "2020-01-01T00:00:00Z"}
    refused = await programme.act("leader", "record", **given, **late)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "expiresAt")


@pytest.mark.parametrize(("language", "words"), [("en", "too few points"), ("zh", "积分不足")])
async def test_errors_are_told_in_the_callers_language(
    programme: Programme, language: str, words: str
) -> None:
    company = programme.company
    given = {"customerId": company.id("wang"), "points": -1, "reason": "try"}
    body: dict[str, Any] = {"query": programme.document("adjust"), "variables": {"input": given}}
    answer = await company.post(body, company.token("leader"), accept_language=language)
    said = answer.json()["data"]["points"]["adjust"]
    assert (said["__typename"], said["code"]) == ("InsufficientPointsError", "POINTS_INSUFFICIENT")
    assert words in said["message"]


async def test_a_bad_reward_level_or_rule_names_its_field(programme: Programme) -> None:
    for name, given, field in (
        ("saveReward", {"code": "x"}, "kind"),
        ("saveReward", {"id": programme.rewards["mug"], "stock": 5}, "stock"),
        ("saveReward", {"id": programme.rewards["mug"], "points": None}, "points"),
        ("setLevels", {"levels": []}, "levels"),
        (
            "saveRule",
            {"name": "a", "nameEn": "a", "trigger": "EVENT", "numerator": 1, "denominator": 1},
            "event",
        ),
    ):
        said = await programme.act("marketing_manager", name, **given)
        assert (said.get("code"), said.get("field")) == ("INVALID_INPUT", field), name
    more = await programme.act("marketing_manager", "restockReward", id=programme.rewards["mug"], pieces=-5)
    assert more["code"] == "POINTS_OUT_OF_STOCK"
