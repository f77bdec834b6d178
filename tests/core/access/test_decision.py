"""Explanations say what plans say, and why (BEY-4)."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.cells import BY_CONSENT, DEPARTMENT, OWN, TEAM, UNCONSENTED
from core.access.circumstances import CIRCUMSTANCES, WITHOUT_CONSENT, WITHOUT_TRAINING, resolved
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
from tests.core.access.test_enforcer import HELD, RULES
from tests.core.world import catalogue, policy

PHONE = Question("Customer", SHOW, "phone", "contact")
OTHER = 0
ROLES = ("a", "b", "c", EVERYONE)
ABOVE = {"a": frozenset({"b"}), "b": frozenset({"c"})}
QUESTIONS = (PHONE, replace(PHONE, act=WRITE), reading("Customer"), Question("Customer", "update"))


def made(rules: Iterable[Rule]) -> Policy:
    return Policy(tuple(rules), {name: Role(name, Text(name, name)) for name in ROLES}, ABOVE)


NOTHING = frozenset[str]()


def decide(
    of: Policy, question: Question, cell: int, role: str = "a", held: frozenset[str] = NOTHING
) -> Decision:
    (found,) = Explainer(of, role, held).decide(question, [cell])
    return found


def planned(of: Policy, question: Question, cell: int, held: frozenset[str] = NOTHING) -> str:
    """What the plan says."""
    plan = AccessPlan(catalogue().by_consent, resolved(of.rules_of(("a",)), held))
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


def usable(rule: Rule) -> bool:
    """Whether the effect is the one that its circumstance may have."""
    return rule.relation not in CIRCUMSTANCES or CIRCUMSTANCES[rule.relation].effect == rule.effect


RULE_SETS = st.lists(RULES, max_size=10, unique=True)


@given(RULE_SETS, HELD)
def test_explanations_say_what_plans_say(rules: list[Rule], held: frozenset[str]) -> None:
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, BY_CONSENT):
        found = decide(policy, question, cell, held=held)
        assert found.outcome.name == planned(policy, question, cell, held)


@given(RULE_SETS, HELD)
def test_what_decided_is_enough_and_what_lost_is_not_needed(rules: list[Rule], held: frozenset[str]) -> None:
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, BY_CONSENT):
        found = decide(policy, question, cell, held=held)
        alone = {r.rule for r in found.decided}
        lost = {one.reached.rule for one in found.lost}
        assert not alone & lost
        assert planned(made(alone), question, cell, held) == found.outcome.name
        assert planned(made(r for r in rules if r not in lost), question, cell, held) == found.outcome.name


@given(st.lists(RULES.filter(usable), max_size=10, unique=True), HELD)
def test_what_is_missing_is_just_what_helps(rules: list[Rule], held: frozenset[str]) -> None:
    """The row included, once the circumstances have ended; nothing is missing where all is shown already."""
    policy = made(rules)
    for question, cell in itertools.product(QUESTIONS, BY_CONSENT):
        explainer = Explainer(policy, "a", held)
        (row,) = explainer.decide(reading("Customer"), [cell])
        (found,) = with_rows(explainer.decide(question, [cell]), [row])
        mended = made([*(r for r in rules if r not in found.remove), *found.add])
        ended = {one.name for one in found.ends}
        later = cell & ~UNCONSENTED if WITHOUT_CONSENT in ended else cell
        assert planned(mended, question, later, held - ended) in ("SHOW", "ALLOW")
        assert planned(mended, reading("Customer"), later, held - ended) == "ALLOW"
        fine = planned(policy, question, cell, held) in ("SHOW", "ALLOW")
        fine = fine and row.outcome is AccessOutcome.ALLOW
        assert fine == (not found.add and not found.remove and not found.ends)


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


LATE = "p, everyone, class:contact, show, without-training, deny"


def test_a_circumstance_that_holds_decides_and_says_what_ends_it() -> None:
    policy = of("a, class:contact, show, all, allow", LATE.removeprefix("p, "))
    found = decide(policy, PHONE, OWN, held=frozenset({WITHOUT_TRAINING}))
    assert found.outcome is AccessOutcome.MASK
    assert found.because("en") == (
        f"masked by `{LATE}` (inherited: a → everyone); without-training: protection training is older than "
        "twelve months, or there was none; take the training and have it recorded"
    )
    assert found.because("zh").endswith(
        "；without-training：个人信息保护培训已超过十二个月，或从未参加，请参加培训并登记"
    )
    assert [one.name for one in found.ends] == [WITHOUT_TRAINING]
    assert (found.add, found.remove) == ((), ())


def test_a_circumstance_that_does_not_hold_loses() -> None:
    found = decide(of("a, class:contact, show, all, allow", LATE.removeprefix("p, ")), PHONE, OWN)
    assert found.outcome is AccessOutcome.SHOW
    assert shown(found)[1] == {LATE: "UNMET"}
