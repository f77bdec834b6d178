"""Grading by recency, frequency and monetary value (TIE-2, BEY-2)."""

import datetime as dt
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import Text
from core.tiers.rules import MEASURES, Conditions, Inputs, Thresholds
from core.tiers.signals import Signal

RULE = Thresholds(
    365,
    "CNY",
    (("high", Conditions(90, 6, 1_000_000)), ("core", Conditions(180, 2)), ("ordinary", Conditions())),
)
FIGURE = st.integers(0, 6)
SIGNALS = ("straw.hay", "straw.tea")
SOME = st.none() | FIGURE
CONDITIONS = st.builds(
    Conditions, SOME, SOME, SOME, st.dictionaries(st.sampled_from(SIGNALS), FIGURE, max_size=2)
)
INPUTS = st.builds(Inputs, SOME, FIGURE, FIGURE, st.fixed_dictionaries(dict.fromkeys(SIGNALS, FIGURE)))
RULES = st.builds(
    lambda high, core: Thresholds(30, "CNY", (("high", high), ("core", core), ("ordinary", Conditions()))),
    CONDITIONS,
    CONDITIONS,
)


def meets(asked: Conditions, inputs: Inputs) -> bool:
    """Said in another way than in the product."""
    days, most = inputs.recency_days, asked.recency_days
    return (
        (most is None or (days is not None and days <= most))
        and (inputs.frequency or 0) >= (asked.frequency or 0)
        and (inputs.monetary_minor or 0) >= (asked.monetary_minor or 0)
        and all(inputs.signals[name] >= least for name, least in asked.signals.items())
    )


@given(RULES, INPUTS)
def test_the_tier_is_the_first_that_is_met(rule: Thresholds, inputs: Inputs) -> None:
    met = [code for code, asked in rule.tiers if meets(asked, inputs)]
    assert rule.grade(inputs) == met[0]


@given(CONDITIONS, INPUTS)
def test_who_makes_up_for_what_is_lacking_just_meets_the_conditions(
    asked: Conditions, inputs: Inputs
) -> None:
    lack: dict[str, Any] = asked.lacking(inputs)
    assert (lack == {}) == meets(asked, inputs)
    bettered: dict[str, Any] = inputs.by_name
    for name, short in lack.items():
        if name != "recency_days":
            bettered[name] += short
        elif short is None:
            assert bettered.pop(name) is None
            bettered[name] = asked.recency_days
        else:
            bettered[name] -= short
    core = {name: figure for name, figure in bettered.items() if name in MEASURES}
    made_up = Inputs(**core, signals={name: bettered[name] for name in SIGNALS})
    assert meets(asked, made_up)
    for name in lack:
        assert made_up.by_name[name] == asked.by_name[name]


@given(RULES, INPUTS)
def test_what_is_stored_is_the_rule_and_tells_what_is_missing(rule: Thresholds, inputs: Inputs) -> None:
    assert Thresholds.of(orjson.loads(orjson.dumps(rule.stored))) == rule
    assert Inputs.of(rule.evidence(inputs, dt.datetime(2026, 11, 2, tzinfo=dt.UTC))) == inputs
    code = rule.grade(inputs)
    missing = rule.missing(inputs, code)
    assert (missing is None) == (code == "high")
    if missing is not None:
        core = {name for name in missing if name not in ("tier", "signals")}
        assert core <= {"recencyDays", "frequency", "monetaryMinor"}
        assert core | set(missing.get("signals", {})), "something is missing"


def test_rules_from_before_there_were_signals_are_valid() -> None:
    tier = {"code": "high", "recencyDays": 1, "frequency": None, "monetaryMinor": 5}
    stored = {"windowDays": 30, "currency": "CNY", "tiers": [tier]}
    rule = Thresholds.of(stored)
    assert rule.tiers == (("high", Conditions(1, None, 5)),)
    assert rule.stored == stored


@pytest.mark.parametrize(
    ("inputs", "code", "missing"),
    [
        (Inputs(90, 6, 1_000_000), "high", None),
        (Inputs(91, 6, 1_000_000), "core", {"tier": "high", "recencyDays": 1}),
        (Inputs(0, 5, 999_999), "core", {"tier": "high", "frequency": 1, "monetaryMinor": 1}),
        (
            Inputs(180, 2, 0),
            "core",
            {"tier": "high", "recencyDays": 90, "frequency": 4, "monetaryMinor": 1_000_000},
        ),
        (Inputs(181, 9, 9_999_999), "ordinary", {"tier": "core", "recencyDays": 1}),
        (Inputs(None, 0, 0), "ordinary", {"tier": "core", "recencyDays": None, "frequency": 2}),
    ],
)
def test_the_first_tier_whose_conditions_are_met(
    inputs: Inputs, code: str, missing: dict[str, int] | None
) -> None:
    assert RULE.grade(inputs) == code
    assert RULE.missing(inputs, code) == missing


def test_the_stored_form_is_the_same_rule() -> None:
    assert Thresholds.of(RULE.stored) == RULE


def test_the_reason_quotes_what_was_looked_at_and_no_threshold() -> None:
    name = Text("core customer", "核心客户")
    said = RULE.reason(Inputs(12, 3, 123_450), name, 4, lowest=False)
    assert said.en == (
        "last bought 12 days ago, 3 purchases in 365 days for 1234.50 CNY:"
        " meets the conditions of core customer (rule version 4)"
    )
    assert (
        said.zh == "距上次购买 12 天，365 天内购买 3 次、共 1234.50 CNY：符合“核心客户”的条件（规则第 4 版）"
    )
    assert "nothing" in RULE.reason(Inputs(None, 0, 0), name, 1, lowest=True).en


def test_the_reason_quotes_signals() -> None:
    tea = Signal("straw.tea", Text("cups of tea", "茶"), lambda customers, _: customers.c.id)
    inputs, name = Inputs(None, 0, 0, {"straw.tea": 7}), Text("core customer", "核心客户")
    said = RULE.reason(inputs, name, 4, lowest=True, signals=[tea])
    assert said.en.startswith("bought nothing yet, cups of tea = 7: meets the conditions of no tier above")
    assert said.zh.startswith("尚未购买，茶 = 7：未达到")
