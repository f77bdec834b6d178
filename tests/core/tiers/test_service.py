"""Thresholds, grades by hand, regrading (TIE-1 to TIE-4, BEY-2)."""

import pytest
import sqlalchemy as sa

from core.db.database import UnitOfWork
from core.errors import Forbidden, InvalidInput, NotFound
from core.tiers import regrade
from core.tiers.choices import AssignmentKind
from core.tiers.models import Tier, TierAssignment, TierScheme
from core.tiers.regrade import Summary, TierCount
from core.tiers.rules import Conditions, Thresholds
from tests.core.tiers.graded import DAY, Graded
from tests.databases import NOW

RULE = Thresholds(
    365, "CNY", (("high", Conditions(90, 2, 1_000)), ("core", Conditions(180, 1)), ("ordinary", Conditions()))
)


async def test_the_ready_made_scheme(graded: Graded) -> None:
    async with graded.world.database.unit_of_work() as work:
        names = await work.session.scalars(sa.select(Tier.name).order_by(Tier.rank))
        assert list(names) == ["高价值客户", "核心客户", "普通客户"]


async def test_thresholds_that_nobody_has_set_grade_nobody(graded: Graded) -> None:
    assert await graded.act("leader", "regrade", graded.scheme) == Summary(None)
    await graded.act("leader", "set_thresholds", graded.scheme, RULE, NOW + DAY)
    assert await graded.act("leader", "regrade", graded.scheme) == Summary(None)


async def test_regrading_keeps_the_evidence_and_is_done_once(
    graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrade, "BATCH", 2)
    await graded.buy("wang", 600, 10)
    await graded.buy("wang", 600, 20)
    await graded.buy("wang", 9_999, 400)  # before the window
    await graded.buy("li", 5_000, 100)
    await graded.buy("li", 5_000, 5, "USD")  # a purchase, but not in the rule's currency
    await graded.act("leader", "set_thresholds", graded.scheme, RULE)
    done = await graded.act("leader", "regrade", graded.scheme)
    high, core, ordinary = TierCount(moved=1), TierCount(moved=0), TierCount(moved=1)
    high.moved = 2
    assert done == Summary(1, {"high": high, "core": core, "ordinary": ordinary})

    (row,) = await graded.history("wang")
    assert (row.tier_id, row.kind, row.rule_version, row.ended_at) == (
        graded.tiers["high"],
        AssignmentKind.RULE,
        1,
        None,
    )
    assert row.inputs == {
        "recencyDays": 10,
        "frequency": 2,
        "monetaryMinor": 1200,
        "currency": "CNY",
        "windowDays": 365,
        "asOf": NOW.isoformat(),
    }
    assert row.thresholds == RULE.stored
    assert row.missing is None
    assert "12.00 CNY" in row.reason
    (row,) = await graded.history("zhao")
    assert row.missing == {"tier": "core", "recencyDays": None, "frequency": 1}

    again = await graded.act("leader", "regrade", graded.scheme)
    assert again.tiers == {"high": TierCount(0, 2), "core": TierCount(), "ordinary": TierCount(0, 1)}
    assert len(await graded.history("wang")) == 1


async def test_a_new_version_moves_whom_it_moves(graded: Graded) -> None:
    await graded.buy("wang", 2_000, 10)
    await graded.act("leader", "set_thresholds", graded.scheme, RULE)
    await graded.act("leader", "regrade", graded.scheme)
    graded.wait(1)
    easier = Thresholds(
        365, "CNY", (("high", Conditions(90, 1, 1_000)), ("core", Conditions(1)), ("ordinary", Conditions()))
    )
    rule = await graded.act("marketing_manager", "set_thresholds", graded.scheme, easier)
    assert rule.version == 2
    done = await graded.act("marketing_manager", "regrade", graded.scheme)
    assert done.tiers == {"high": TierCount(1, 0), "core": TierCount(), "ordinary": TierCount(0, 2)}
    before, after = await graded.history("wang")
    assert (before.tier_id, before.ended_at, before.rule_version) == (graded.tiers["core"], graded.now, 1)
    assert (after.tier_id, after.ended_at, after.rule_version) == (graded.tiers["high"], None, 2)


async def test_a_grade_by_hand_holds_until_its_end(graded: Graded) -> None:
    """TIE-4."""
    await graded.act("leader", "set_thresholds", graded.scheme, RULE)
    await graded.act("leader", "regrade", graded.scheme)
    key, high = graded.world.customers["wang"], graded.tiers["high"]
    graded.wait(1)
    row = await graded.act(
        "leader", "set_manual_tier", key, high, " strategic partner ", graded.now + 30 * DAY
    )
    assert (row.kind, row.reason, row.rule_version) == (AssignmentKind.MANUAL, "strategic partner", None)
    graded.wait(29)
    assert (await graded.act("leader", "regrade", graded.scheme)).kept_by_hand == 1
    graded.wait(1)
    done = await graded.act("leader", "regrade", graded.scheme)
    assert (done.kept_by_hand, done.tiers["ordinary"]) == (0, TierCount(1, 2))
    kinds = [(row.kind, row.ended_at is None) for row in await graded.history("wang")]
    assert kinds == [
        (AssignmentKind.RULE, False),
        (AssignmentKind.MANUAL, False),
        (AssignmentKind.RULE, True),
    ]


async def test_a_grade_by_hand_needs_a_reason_and_an_end(graded: Graded) -> None:
    key, high = graded.world.customers["wang"], graded.tiers["high"]
    for args, field in (((" \u200b", NOW + DAY), "reason"), (("why", NOW), "until")):
        with pytest.raises(InvalidInput) as caught:
            await graded.act("leader", "set_manual_tier", key, high, *args)
        assert caught.value.field == field
    with pytest.raises(NotFound, match=r"^tierId: "):
        await graded.act("leader", "set_manual_tier", key, key, "why", NOW + DAY)
    with pytest.raises(NotFound, match=r"^customerId: "):
        await graded.act("leader", "set_manual_tier", graded.scheme, key, "why", NOW + DAY)
    with pytest.raises(NotFound, match=r"^schemeId: "):
        await graded.act("leader", "regrade", key)


@pytest.mark.parametrize("role", ["salesperson", "administrator", "auditor"])
async def test_others_are_refused(graded: Graded, role: str) -> None:
    key, high = graded.world.customers["wang"], graded.tiers["high"]
    for name, args in (
        ("set_thresholds", (graded.scheme, RULE)),
        ("set_manual_tier", (key, high, "why", NOW + DAY)),
        ("regrade", (graded.scheme,)),
    ):
        with pytest.raises(Forbidden):
            await graded.act(role, name, *args)


@pytest.mark.parametrize(
    ("thresholds", "field"),
    [
        (Thresholds(0, "CNY", RULE.tiers), "windowDays"),
        (Thresholds(365, "yuan", RULE.tiers), "currency"),
        (Thresholds(365, "CNY", RULE.tiers[1:]), "tiers"),
        (Thresholds(365, "CNY", (*RULE.tiers[:2], ("ordinary", Conditions(1)))), "tiers"),
        (Thresholds(365, "CNY", (("high", Conditions(-1)), *RULE.tiers[1:])), "tiers.high"),
        (
            Thresholds(
                365, "CNY", (("high", Conditions(signals={"core.interactions": -1})), *RULE.tiers[1:])
            ),
            "tiers.high",
        ),
        (
            Thresholds(365, "CNY", (("high", Conditions(signals={"straw.tea": 1})), *RULE.tiers[1:])),
            "tiers.high.signals",
        ),
        (
            Thresholds(
                365, "CNY", (*RULE.tiers[:2], ("ordinary", Conditions(signals={"core.interactions": 0})))
            ),
            "tiers",
        ),
    ],
)
async def test_thresholds_that_can_not_grade(graded: Graded, thresholds: Thresholds, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await graded.act("leader", "set_thresholds", graded.scheme, thresholds)
    assert caught.value.field == field


async def test_the_past_can_be_graded_only_in_order(graded: Graded) -> None:
    await graded.act("leader", "set_thresholds", graded.scheme, RULE, NOW - 100 * DAY)
    await graded.buy("wang", 2_000, 10)
    early = await graded.act("leader", "regrade", graded.scheme, NOW - 50 * DAY)
    assert early.tiers["ordinary"].moved == 3
    await graded.act("leader", "regrade", graded.scheme)
    for at in (NOW - DAY, NOW + DAY):
        with pytest.raises(InvalidInput):
            await graded.act("leader", "regrade", graded.scheme, at)


async def test_one_current_tier_in_a_scheme(graded: Graded) -> None:
    async def twice(work: UnitOfWork) -> None:
        for _ in range(2):
            work.session.add(
                TierAssignment(
                    id=work.ids.new(),
                    customer_id=graded.world.customers["wang"],
                    scheme_id=graded.scheme,
                    tier_id=graded.tiers["high"],
                    kind=AssignmentKind.RULE,
                    assigned_at=NOW,
                    reason="",
                    reason_en="",
                )
            )
        await work.session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        async with graded.world.database.unit_of_work() as work:
            await twice(work)
    assert TierScheme.__prefix__ == "sch"
