"""Explanations say what plans say, and why (BEY-4)."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.cells import ALL_CELLS, DEPARTMENT, OWN, TEAM
from core.access.decision import (
    AccessLoss,
    AccessOutcome,
    AccessReason,
    Decision,
    Explainer,
    Question,
    reading,
    with_rows,
)
from core.access.plan import AccessPlan
from core.access.rules import EVERYONE, READ, SHOW, WRITE, Policy, Role, Rule
from core.text import Text
from tests.core.access.test_enforcer import RULES
from tests.core.world import catalogue, policy

PHONE = Question("Customer", SHOW, "phone", "contact")
OTHER = 0
ROLES = ("a", "b", "c", EVERYONE)
ABOVE = {"a": frozenset({"b"}), "b": frozenset({"c"})}
QUESTIONS = (PHONE, replace(PHONE, act=WRITE), reading("Customer"), Question("Customer", "update"))


def made(rules: Iterable[Rule]) -> Policy:
    return Policy(tuple(rules), {name: Role(name, Text(name, name)) for name in ROLES}, ABOVE)


def decide(of: Policy, question: Question, cell: int, role: str = "a") -> Decision:
    (found,) = Explainer(of, role).decide(question, [cell])
    return found


def planned(of: Policy, question: Question, cell: int) -> str:
    """What the plan says."""
    plan = AccessPlan(catalogue(), of.rules_of(("a",)))
    if question.act == SHOW:
        return plan.effects(question.type, question.field)[cell]
    cells = plan.cells(question.type, question.act, question.field, question.sensitivity)
    return "ALLOW" if cell in cells else "DENY"


def of(*lines: str) -> Policy:
    return made(Rule(*line.split(", ")) for line in lines)


def shown(decision: Decision) -> tuple[list[str], dict[str, str]]:
    """The lines that decided, and those that lost."""
    return (
        [r.rule.line for r in decision.decided],
        {lost.reached.rule.line: lost.why.name for lost in decision.lost},
    )


RULE_SETS = st.lists(RULES, max_size=10, unique=True)


@given(RULE_SETS)
def test_explanations_say_what_plans_say(rules: list[Rule]) -> None:
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, ALL_CELLS):
        assert decide(policy, question, cell).outcome.name == planned(policy, question, cell)


@given(RULE_SETS)
def test_what_decided_is_enough_and_what_lost_is_not_needed(rules: list[Rule]) -> None:
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, ALL_CELLS):
        found = decide(policy, question, cell)
        alone = {r.rule for r in found.decided}
        lost = {one.reached.rule for one in found.lost}
        assert not alone & lost
        assert planned(made(alone), question, cell) == found.outcome.name
        assert planned(made(r for r in rules if r not in lost), question, cell) == found.outcome.name


@given(RULE_SETS)
def test_what_is_missing_is_just_what_helps(rules: list[Rule]) -> None:
    """The row included; nothing is missing where all is shown already."""
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, ALL_CELLS):
        explainer = Explainer(policy, "a")
        (row,) = explainer.decide(reading("Customer"), [cell])
        (found,) = with_rows(explainer.decide(question, [cell]), [row])
        mended = made([*(r for r in rules if r not in found.remove), *found.add])
        assert planned(mended, question, cell) in ("SHOW", "ALLOW")
        assert planned(mended, reading("Customer"), cell) == "ALLOW"
        fine = planned(policy, question, cell) in ("SHOW", "ALLOW") and row.outcome is AccessOutcome.ALLOW
        assert fine == (not found.add and not found.remove)


def test_the_most_revealing_allow_decides_and_the_others_lose() -> None:
    policy = of(
        "a, class:contact, mask, all, allow",
        "b, class:contact, show, own, allow",
        "c, type:Customer, show, department, deny",
    )
    found = decide(policy, PHONE, OWN)
    assert shown(found) == (
        ["p, b, class:contact, show, own, allow"],
        {
            "p, a, class:contact, mask, all, allow": "SURPASSED",
            "p, c, type:Customer, show, department, deny": "ELSEWHERE",
        },
    )
    assert (found.outcome, found.add, found.remove) == (AccessOutcome.SHOW, (), ())


def test_a_deny_decides_over_what_is_allowed() -> None:
    policy = of("a, class:contact, show, all, allow", "c, class:contact, mask, own, deny")
    found = decide(policy, PHONE, OWN)
    assert found.outcome is AccessOutcome.HIDE
    assert shown(found) == (
        ["p, c, class:contact, mask, own, deny"],
        {"p, a, class:contact, show, all, allow": "DENIED"},
    )
    assert found.decided[0].chain == ("a", "b", "c")
    assert [rule.role for rule in found.remove] == ["c"]
    assert found.add == ()
    assert decide(policy, PHONE, TEAM).outcome is AccessOutcome.SHOW


def test_a_deny_of_showing_leaves_the_mask() -> None:
    policy = of("a, class:contact, show, all, allow", "a, field:Customer.phone, show, own, deny")
    found = decide(policy, PHONE, OWN)
    assert found.outcome is AccessOutcome.MASK
    assert len(found.decided) == 2
    assert found.decided[0].rule.effect == "deny"


def test_a_deny_of_what_no_rule_allows_is_idle() -> None:
    found = decide(of("a, class:contact, show, own, deny"), PHONE, OWN)
    assert (found.outcome, found.reason) == (AccessOutcome.HIDE, AccessReason.SILENCE)
    assert [lost.why for lost in found.lost] == [AccessLoss.IDLE]


def test_silence_says_which_line_is_missing() -> None:
    found = decide(of(), PHONE, DEPARTMENT)
    assert found.reason is AccessReason.SILENCE
    assert [rule.line for rule in found.add] == ["p, a, field:Customer.phone, show, department, allow"]
    assert found.because("en") == "hidden: no rule allows it"
    assert found.because("zh") == "隐藏：没有规则允许"


def test_a_public_field_needs_no_rule() -> None:
    found = decide(of(), Question("Customer", SHOW, "name", "public"), OTHER)
    assert (found.outcome, found.reason) == (AccessOutcome.SHOW, AccessReason.PUBLIC)
    assert not found.add


def test_a_sentence_names_line_place_and_inheritance() -> None:
    rule = next(r for r in policy().rules if r.line == "p, salesperson, class:contact, show, own, allow")
    said = decide(policy(), PHONE, OWN, "account_manager").because("en")
    assert said == (
        f"shown by `{rule.line}` ({policy().places[rule]}; inherited: account_manager → salesperson)"
    )


def test_rules_of_everyone_reach_every_role() -> None:
    found = decide(of(f"{EVERYONE}, class:contact, show, all, allow"), PHONE, OTHER)
    assert found.decided[0].chain == ("a", EVERYONE)


@pytest.mark.parametrize("role", sorted(policy().roles))
def test_the_shipped_policies(role: str) -> None:
    """Every field of every type in every cell."""
    explainer, plan = Explainer(policy(), role), AccessPlan(catalogue(), policy().rules_of((role,)))
    for (type_name, name), sensitivity in catalogue().fields.items():
        found = explainer.decide(Question(type_name, SHOW, name, sensitivity), range(8))
        assert tuple(d.outcome.name for d in found) == plan.effects(type_name, name)
    for type_name in catalogue().relations.models:
        found = explainer.decide(Question(type_name, READ), range(8))
        cells = catalogue().relations.possible(type_name)
        allowed = {d.cell for d in found if d.outcome is AccessOutcome.ALLOW and d.cell in cells}
        assert allowed == plan.rows(type_name)
