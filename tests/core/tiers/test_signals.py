"""Signals in the rules of tiers: those of the core, and of a plugin of straw (TIE-2, BEY-2)."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from core.customers.models import Purchase
from core.errors import ConfigurationError, Conflict, InvalidInput
from core.text import Text
from core.tiers import regrade
from core.tiers.regrade import TierCount
from core.tiers.rules import Conditions, Thresholds
from core.tiers.signals import Signal, Signals
from tests.core.tiers.graded import DAY, Graded
from tests.databases import NOW


def tea(customers: Any, as_of: sa.BindParameter[dt.datetime]) -> sa.ColumnElement[int]:
    """What was spent on tea; null where nothing was bought."""
    bought = Purchase.__table__.alias()
    mine = (bought.c.customer_id == customers.c.id, bought.c.category == "tea", bought.c.at <= as_of)
    return sa.select(sa.func.sum(bought.c.amount_minor)).where(*mine).scalar_subquery()


def named(customers: Any, _as_of: sa.BindParameter[dt.datetime]) -> sa.ColumnElement[int]:
    """From the row itself."""
    return sa.func.length(customers.c.name)


def unasked(_customers: Any, _as_of: sa.BindParameter[dt.datetime]) -> sa.ColumnElement[int]:
    message = "no tier asks for it"
    raise AssertionError(message)


TEA = Signal("straw.tea", Text("spent on tea", "茶叶消费"), tea)
NAMED = Signal("straw.named", Text("letters of the name", "姓名字数"), named)
UNASKED = Signal("straw.unasked", Text("nothing", "无"), unasked)


def asking(**signals: int) -> Thresholds:
    """High asks for signals (`straw_tea`: `straw.tea`), core for a purchase."""
    high = Conditions(signals={name.replace("_", ".", 1): least for name, least in signals.items()})
    return Thresholds(365, "CNY", (("high", high), ("core", Conditions(90)), ("ordinary", Conditions())))


@pytest.fixture
def switched_on(graded: Graded) -> Graded:
    graded.world.database.services.add(Signals([UNASKED, TEA, NAMED]))
    return graded


async def test_signals_grade_beside_the_measures_of_the_core(
    switched_on: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrade, "BATCH", 2)
    await switched_on.buy("wang", 600, 10, category="tea")
    await switched_on.buy("wang", 400, 400, category="tea")
    await switched_on.buy("wang", 9_999, 5, category="cups")
    await switched_on.buy("li", 999, 10, category="tea")
    rule = asking(straw_tea=1_000, straw_named=2)
    await switched_on.act("leader", "set_thresholds", switched_on.scheme, rule)
    done = await switched_on.act("leader", "regrade", switched_on.scheme)
    assert done.tiers == {"high": TierCount(1), "core": TierCount(1), "ordinary": TierCount(1)}

    (wang,) = await switched_on.history("wang")
    assert wang.inputs["signals"] == {"straw.named": 4, "straw.tea": 1_000}
    assert wang.thresholds["tiers"][0]["signals"] == {"straw.named": 2, "straw.tea": 1_000}
    assert "signals" not in wang.thresholds["tiers"][1]
    assert ", letters of the name = 4, spent on tea = 1000: meets" in wang.reason_en
    assert "，姓名字数 = 4，茶叶消费 = 1000：符合" in wang.reason
    (li,) = await switched_on.history("li")
    assert li.missing == {"tier": "high", "signals": {"straw.tea": 1}}
    (zhao,) = await switched_on.history("zhao")
    assert zhao.inputs["signals"]["straw.tea"] == 0

    again = await switched_on.act("leader", "regrade", switched_on.scheme)
    assert sum(count.moved for count in again.tiers.values()) == 0


async def test_signals_are_as_of_the_time_of_grading(switched_on: Graded) -> None:
    await switched_on.buy("wang", 1_000, 10, category="tea")
    rule = asking(straw_tea=1_000)
    await switched_on.act("leader", "set_thresholds", switched_on.scheme, rule, NOW - 100 * DAY)
    for at, moved in ((NOW - 11 * DAY, 0), (NOW - 10 * DAY, 1)):
        done = await switched_on.act("leader", "regrade", switched_on.scheme, at)
        assert done.tiers["high"].moved == moved


async def test_contacts_of_a_year_are_a_signal_of_the_core(graded: Graded) -> None:
    """TIE-2: interaction frequency. It needs no plugin."""
    for days in (400, 364, 3):
        await graded.contact("li", days)
    await graded.act("leader", "set_thresholds", graded.scheme, asking(core_interactions=2), NOW - 9 * DAY)
    for at, moved, counted in ((NOW - 4 * DAY, 0, 1), (NOW, 1, 2)):
        done = await graded.act("leader", "regrade", graded.scheme, at)
        assert done.tiers["high"].moved == moved
        assert (await graded.history("li"))[-1].inputs["signals"] == {"core.interactions": counted}


async def test_who_asks_for_what_is_not_there_is_told_what_there_is(switched_on: Graded) -> None:
    with pytest.raises(InvalidInput) as caught:
        await switched_on.act("leader", "set_thresholds", switched_on.scheme, asking(straw_hay=1))
    assert caught.value.message("en") == (
        "tiers.high.signals: no signal is called straw.hay; there are: "
        "core.interactions, straw.named, straw.tea, straw.unasked"
    )


async def test_nobody_is_graded_without_the_plugin(graded: Graded) -> None:
    """A rule that can't be looked at in full must not grade by the rest of it."""
    services = graded.world.database.services
    services.add(Signals([TEA]))
    await graded.act("leader", "set_thresholds", graded.scheme, asking(straw_tea=1))
    graded.world.database.services = type(services)()
    with pytest.raises(Conflict) as caught:
        await graded.act("leader", "regrade", graded.scheme)
    assert caught.value.message("en") == (
        "version 1 of the rule asks for straw.tea, which no plugin that is switched on provides: "
        "switch on straw, or set thresholds without it"
    )
    assert await graded.history("wang") == []
    graded.wait(1)
    await graded.act("leader", "set_thresholds", graded.scheme, asking())
    assert (await graded.act("leader", "regrade", graded.scheme)).version == 2


def test_a_name_has_one_owner() -> None:
    again = Signal("straw.tea", Text("tea", "茶"), named)
    with pytest.raises(ConfigurationError, match=r"straw.tea: .*test_signals.tea .*test_signals.named"):
        Signals([TEA, again])
    assert list(Signals([TEA]).by_name) == ["core.interactions", "straw.tea"]
    assert (TEA.owner, Signals().by_name["core.interactions"].owner) == ("straw", "core")


@pytest.mark.parametrize("name", ["tea", "Straw.tea", "straw.", "straw tea.x", ""])
def test_a_name_says_whose_it_is(name: str) -> None:
    with pytest.raises(ConfigurationError, match="lower-case words joined by dots"):
        Signal(name, Text("tea", "茶"), tea)
