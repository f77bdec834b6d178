"""Grading by recency, frequency and monetary value (TIE-2, BEY-2)."""

import pytest

from core.text import Text
from core.tiers.rules import Conditions, Inputs, Thresholds

RULE = Thresholds(
    365,
    "CNY",
    (("high", Conditions(90, 6, 1_000_000)), ("core", Conditions(180, 2)), ("ordinary", Conditions())),
)


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
