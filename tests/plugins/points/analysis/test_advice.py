"""Why marketing should speak with a member, and the months of the company (PTS-4)."""

import datetime as dt
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import UTC
from core.text import Text
from plugins.points.analysis.advice import Goal, Known, Offer, advise, fading, in_reach
from plugins.points.analysis.calendar import months_until
from plugins.points.analysis.choices import PointsAdvice
from plugins.points.settings import PointsSettings

SETTINGS = PointsSettings.model_construct()
GOALS = [Goal(Text("Basic", "普通"), 0), Goal(Text("Gold", "金卡"), 1_000)]
MUG = Offer(UUID(int=1), Text("Mug", "杯子"), 40)
DREAM = Offer(UUID(int=2), Text("Dream", "大奖"), 400, needed=1_000)
DAY = dt.date(2026, 12, 1)

few = st.integers(0, 5_000)
knowns = st.builds(
    Known,
    balance=few,
    expiring=few,
    expires_on=st.just(DAY),
    earned=few,
    level_needed=st.sampled_from((0, 1_000)),
    oldest_on=st.just(DAY),
    idle=st.booleans(),
    had_enough=st.frozensets(st.sampled_from((MUG.id, DREAM.id))),
    categories=st.dictionaries(
        st.sampled_from(("tea", "{cups}")), st.tuples(st.integers(0, 20), st.integers(0, 20))
    ),
)


@given(knowns)
def test_what_is_said_is_true(known: Known) -> None:
    said = list(advise(known, GOALS, [MUG, DREAM], SETTINGS))
    kinds = [one.kind for one in said]
    assert len(set(kinds)) == len(kinds)
    best = in_reach(known, [MUG, DREAM])
    assert (PointsAdvice.EXPIRING in kinds) == (known.expiring > 0 and best is not None)
    assert (PointsAdvice.NEXT_LEVEL in kinds) == (800 <= known.earned < 1_000)
    assert (PointsAdvice.IDLE in kinds) == (known.idle and known.balance >= 1_000)
    if best:
        assert best.price <= known.balance
        assert best.needed <= known.level_needed
        assert best.id not in known.had_enough
    for one in said:
        assert one.points is None or str(one.points) in one.reason.en
        assert one.points is None or str(one.points) in one.reason.zh


def test_reasons_in_both_languages() -> None:
    known = Known(balance=50, expiring=20, expires_on=DAY, earned=900, categories={"tea": (8, 0)})
    said = {one.kind.name: one for one in advise(known, GOALS, [MUG], SETTINGS)}
    assert said["EXPIRING"].reason == Text(
        "20 points expire from 2026-12-01 on; “Mug” for 40 points is in reach",
        "20 积分自 2026-12-01 起到期；可兑换“杯子”（40 积分）",
    )
    assert (said["EXPIRING"].points, said["EXPIRING"].reward) == (20, MUG.id)
    assert said["NEXT_LEVEL"].reason == Text(
        "100 points short of the level “Gold”", "距“金卡”等级还差 100 积分"
    )
    assert said["FADING"].reason.en == (
        "bought tea 0 times in the last 3 months, and 8 times in the 12 months before"
    )


@pytest.mark.parametrize(
    ("earlier", "recent", "falls"), [(3, 0, False), (4, 0, True), (8, 1, False), (9, 1, True), (16, 2, False)]
)
def test_a_favourite_falls_off_below_half_its_pace(earlier: int, recent: int, falls: bool) -> None:  # noqa: FBT001
    categories = {"tea": (earlier, recent), "cups": (1, 0)}
    assert fading(categories, SETTINGS) == ("tea" if falls else None)


times = st.integers(631_152_000, 3_786_912_000).map(lambda second: dt.datetime.fromtimestamp(second, UTC))


@given(times, st.integers(1, 40), st.sampled_from(("Asia/Shanghai", "Europe/Berlin", "America/St_Johns")))
def test_months_follow_one_another(at: dt.datetime, count: int, name: str) -> None:
    months = months_until(at, count, ZoneInfo(name))
    assert len(months) == count
    assert months[-1].start <= at < months[-1].end
    assert all(one.end == following.start for one, following in pairwise(months))
    for month in months:
        local = month.start.astimezone(ZoneInfo(name))
        assert (local.date(), local.time()) == (month.day, dt.time())
        assert month.day.day == 1
