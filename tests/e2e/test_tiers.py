"""Tiers from thresholds to the reasons a client reads (TIE-1 to TIE-4, BEY-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.clock import HeldClock
from tests.e2e.acts import rule
from tests.e2e.company import Company

HISTORY = (
    "query ($name: String!) { customers(where: {name: {eq: $name}}) { nodes { tierAssignments { nodes {"
    " kind ruleVersion endedAt tier { code } reason reasonEn inputs missing } } } } }"
)


async def history(company: Company, name: str, who: str = "leader") -> list[Any]:
    data = await company.ask(who, HISTORY, {"name": name})
    (found,) = data["customers"]["nodes"]
    nodes: list[Any] = found["tierAssignments"]["nodes"]
    return nodes


def wait(company: Company, days: int) -> None:
    clock = company.app.database.clock
    assert isinstance(clock, HeldClock)
    clock.advance(dt.timedelta(days=days))


async def regrade(company: Company, who: str = "marketing_manager") -> dict[str, Any]:
    given, shown = {"schemeId": company.id("scheme")}, "ruleVersion moved unchanged keptByHand"
    return await company.act(who, "regradeCustomers", given, shown)


async def test_from_thresholds_to_reasons(company: Company) -> None:
    """TIE-2, TIE-3: nobody is graded before somebody sets thresholds; every change keeps its reasons."""
    nobody = await regrade(company)
    assert (nobody["ruleVersion"], nobody["moved"]) == (None, 0)
    made = await company.act(
        "marketing_manager", "setTierThresholds", rule(company), "rule { version thresholds }"
    )
    assert made["rule"]["version"] == 1
    assert made["rule"]["thresholds"]["tiers"][0]["monetaryMinor"] == 15_000
    assert await regrade(company) == {
        "__typename": "RegradeCustomersPayload",
        "ruleVersion": 1,
        "moved": 2,
        "unchanged": 0,
        "keptByHand": 1,
    }
    again = await regrade(company)
    assert (again["moved"], again["unchanged"]) == (0, 2)

    (wang,) = await history(company, "wang")
    assert (wang["kind"], wang["ruleVersion"], wang["endedAt"], wang["tier"]) == (
        "RULE",
        1,
        None,
        {"code": "high"},
    )
    assert wang["reason"] == (
        "距上次购买 28 天，365 天内购买 2 次、共 150.50 CNY：符合“高价值客户”的条件（规则第 1 版）"
    )
    assert wang["reasonEn"] == (
        "last bought 28 days ago, 2 purchases in 365 days for 150.50 CNY: "
        "meets the conditions of high-value customer (rule version 1)"
    )
    assert (wang["inputs"]["frequency"], wang["inputs"]["monetaryMinor"], wang["missing"]) == (
        2,
        15_050,
        None,
    )
    (zhao,) = await history(company, "zhao")
    assert (zhao["tier"]["code"], zhao["missing"]) == ("ordinary", {"tier": "core", "frequency": 1})
    assert zhao["reason"].startswith("尚未购买")
    assert zhao["reasonEn"].startswith("bought nothing yet")


async def test_a_new_version_follows_the_old(company: Company) -> None:
    """TIE-3: versions and grades are never edited."""
    await company.act("leader", "setTierThresholds", rule(company))
    await regrade(company)
    wait(company, 1)
    harder = [
        {"code": "high", "monetaryMinor": 99_999},
        {"code": "core", "frequency": 1},
        {"code": "ordinary"},
    ]
    await company.act("leader", "setTierThresholds", rule(company, tiers=harder))
    moved = await regrade(company)
    assert (moved["ruleVersion"], moved["moved"], moved["unchanged"]) == (2, 1, 1)
    now, before = await history(company, "wang")
    assert (now["tier"]["code"], now["ruleVersion"], now["endedAt"]) == ("core", 2, None)
    assert now["missing"] == {"tier": "high", "monetaryMinor": 84_949}
    assert (before["tier"]["code"], before["ruleVersion"]) == ("high", 1)
    assert before["endedAt"] == "2026-11-03T09:30:00+00:00"
    data = await company.ask("auditor", "{ tierSchemes { nodes { rules { nodes { version } } } } }")
    assert data["tierSchemes"]["nodes"][0]["rules"]["nodes"] == [{"version": 2}, {"version": 1}]


async def test_a_grade_by_hand_holds_until_its_end(company: Company) -> None:
    """TIE-4."""
    await company.act("leader", "setTierThresholds", rule(company))
    (by_hand,) = await history(company, "li")
    assert (by_hand["kind"], by_hand["reason"], by_hand["tier"]["code"]) == ("MANUAL", "benchmark", "core")
    assert (await regrade(company))["keptByHand"] == 1
    wait(company, 28)
    assert (await regrade(company))["keptByHand"] == 0
    now, before = await history(company, "li")
    assert (now["kind"], now["tier"]["code"], now["endedAt"]) == ("RULE", "high", None)
    assert (before["kind"], before["endedAt"]) == ("MANUAL", "2026-11-30T09:30:00+00:00")


async def test_reasons_are_guarded_like_what_they_quote(company: Company) -> None:
    """PRM-7: who may not see spend may not read it in a reason."""
    await company.act("leader", "setTierThresholds", rule(company))
    await regrade(company)
    (wang,) = await history(company, "wang", "customer_service")
    assert wang["tier"] == {"code": "high"}
    assert [wang[name] for name in ("reason", "reasonEn", "inputs", "missing")] == [None] * 4


async def test_signals_are_listed_and_asked_for(company: Company) -> None:
    """TIE-2: an administrator finds the names, sets thresholds on them, reads them in the evidence."""
    asked = "{ tierSignals { name about } }"
    for language, about in (("en", "contacts in 365 days"), ("zh", "365 天内联系次数")):
        answer = await company.post(
            {"query": asked}, company.token("administrator"), accept_language=language
        )
        assert answer.json()["data"] == {"tierSignals": [{"name": "core.interactions", "about": about}]}
    contacted = [{"name": "core.interactions", "atLeast": 1}]
    tiers = [{"code": "high", "signals": contacted}, {"code": "core", "frequency": 1}, {"code": "ordinary"}]
    made = await company.act("leader", "setTierThresholds", rule(company, tiers=tiers), "rule { thresholds }")
    assert made["rule"]["thresholds"]["tiers"][0]["signals"] == {"core.interactions": 1}
    await regrade(company)
    (zhao,) = await history(company, "zhao")
    assert zhao["inputs"]["signals"] == {"core.interactions": 0}
    (wang,) = await history(company, "wang")
    assert wang["missing"] is None or wang["missing"]["signals"] == {"core.interactions": 1}


async def test_signals_that_can_not_be_asked_for(company: Company) -> None:
    for signals, said in (
        ([{"name": "points.earned", "atLeast": 1}], "no signal is called points.earned; there are: core."),
        ([{"name": "core.interactions", "atLeast": least} for least in (1, 2)], "stands here twice"),
    ):
        tiers = [{"code": "high", "signals": signals}, {"code": "core"}, {"code": "ordinary"}]
        found = await company.act("leader", "setTierThresholds", rule(company, tiers=tiers))
        assert found["field"] == "tiers.high.signals"
        assert said in found["message"]
