"""Which circumstances hold, and what plans are made of them (ACC-6, BEY-8)."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from core.access.cells import ALL_CELLS, BY_CONSENT, OWN, UNCONSENTED
from core.access.circumstances import (
    CIRCUMSTANCES,
    EMERGENCY,
    OF_REQUESTS,
    OUTSIDE_HOURS,
    OUTSIDE_NETWORK,
    WITHOUT_CONSENT,
    WITHOUT_PURPOSE,
    WITHOUT_TRAINING,
    Circumstance,
    mentioned,
    resolved,
)
from core.access.current import Policies
from core.access.occasion import UNDECLARED, Occasion, Office
from core.access.plan import MASKED, SHOWN
from core.access.plans import Plans
from core.access.purposes import Purpose
from core.access.rules import EVERYONE, Policy, Role, Rule
from core.settings import Settings
from core.text import Text
from tests.core.world import catalogue, policy

NOTHING = frozenset[str]()
SUNDAY = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)


def rule(relation: str, effect: str = "deny", role: str = EVERYONE) -> Rule:
    return Rule(role, "class:contact", "show", relation, effect)


def with_lines(*rules: Rule) -> Policies:
    return Policies(policy().with_rules(rules))


def office(**given: Any) -> Office:
    return Office.of(Settings(env="development", _env_file=None, **given))


def test_what_holds_counts_as_all_and_what_does_not_is_left_out() -> None:
    rules = (rule(WITHOUT_TRAINING), rule(OUTSIDE_HOURS), rule(WITHOUT_CONSENT), rule("own", "allow"))
    assert resolved(rules, {OUTSIDE_HOURS}) == (rule("all"), rule(WITHOUT_CONSENT), rule("own", "allow"))
    assert mentioned(rules) == {WITHOUT_TRAINING, OUTSIDE_HOURS, WITHOUT_CONSENT}


def test_a_policy_knows_what_its_rules_speak_of() -> None:
    spoken = with_lines(rule(OUTSIDE_HOURS), rule(WITHOUT_TRAINING)).current
    assert spoken.of_requests == {OUTSIDE_HOURS}
    assert spoken.circumstances >= {OUTSIDE_HOURS, WITHOUT_TRAINING}
    assert policy().of_requests == NOTHING  # what ships costs nothing per request


@pytest.mark.parametrize("one", CIRCUMSTANCES.values(), ids=CIRCUMSTANCES)
def test_each_is_told_in_both_languages(one: Circumstance) -> None:
    assert all(text.en and text.zh for text in (one.about, one.remedy))
    assert one.effect == ("allow" if one.name == EMERGENCY else "deny")


def test_requests_are_looked_at_for_what_is_wanted_only() -> None:
    set_up = office(working_hours="Mon-Fri 09:00-18:00", office_networks="10.0.0.0/8")
    assert set_up.held(OF_REQUESTS, SUNDAY, UNDECLARED) == OF_REQUESTS
    assert set_up.held({OUTSIDE_HOURS}, SUNDAY, UNDECLARED) == {OUTSIDE_HOURS}
    inside = Occasion(Purpose.CARE, "10.0.0.7")
    assert set_up.held(OF_REQUESTS, SUNDAY + dt.timedelta(days=1), inside) == NOTHING


def test_what_is_not_set_never_stands_in_the_way() -> None:
    assert office().held(OF_REQUESTS, SUNDAY, UNDECLARED) == {WITHOUT_PURPOSE}
    assert office().held({OUTSIDE_NETWORK}, SUNDAY, Occasion(None, "8.8.8.8")) == NOTHING


def effects(plans: Plans, held: frozenset[str], purpose: Purpose | None = None) -> tuple[str, ...]:
    return plans("salesperson", held, purpose).effects("Customer", "phone")


def test_a_deny_counts_while_it_holds() -> None:
    plans = Plans(catalogue(), with_lines(rule(WITHOUT_TRAINING)))
    assert effects(plans, NOTHING)[OWN] == SHOWN
    assert effects(plans, frozenset({WITHOUT_TRAINING}))[OWN] == MASKED


def test_a_break_glass_opens_what_its_rules_say() -> None:
    plans = Plans(catalogue(), with_lines(rule(EMERGENCY, "allow", "salesperson")))
    assert effects(plans, NOTHING)[0] != SHOWN
    assert effects(plans, frozenset({EMERGENCY}))[0] == SHOWN


def test_consents_tell_rows_apart_where_the_purpose_needs_them() -> None:
    plans = Plans(catalogue(), with_lines(rule(WITHOUT_CONSENT)))
    for purpose in (None, Purpose.CARE, Purpose.SERVICE):
        assert effects(plans, NOTHING, purpose) == Plans(catalogue(), with_lines())(
            "salesperson", NOTHING, None
        ).effects("Customer", "phone")
        assert plans("salesperson", NOTHING, purpose).hash == plans("salesperson", NOTHING, None).hash
    told = effects(plans, NOTHING, Purpose.INVITATION)
    assert (told[OWN], told[OWN | UNCONSENTED]) == (SHOWN, MASKED)
    plan = plans("salesperson", NOTHING, Purpose.INVITATION)
    assert plan.catalogue.relations.possible("Purchase") == BY_CONSENT
    assert plan.catalogue.relations.possible("Tier") == {0}
    assert plan.catalogue.ordinary.relations.possible("Purchase") == ALL_CELLS
    assert plan.redaction("Customer", "phone", frozenset({OWN, OWN | UNCONSENTED})) == {
        "type": "Customer",
        "field": "phone",
        "class": "contact",
        "effect": {"own": SHOWN, "own+without-consent": MASKED},
    }


def test_where_no_rule_speaks_of_consent_no_row_is_told_apart() -> None:
    plans = Plans(catalogue(), with_lines())
    assert plans("salesperson", NOTHING, Purpose.INVITATION) is plans("salesperson", NOTHING, None)


def test_plans_are_made_once_and_forgotten_with_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = with_lines(rule(WITHOUT_TRAINING))
    plans = Plans(catalogue(), policies)
    first = plans("salesperson", NOTHING, None)
    assert plans("salesperson", frozenset({OUTSIDE_HOURS}), Purpose.CARE) is first  # no rule speaks of it
    assert plans("salesperson", frozenset({WITHOUT_TRAINING}), None) is not first
    policies.replace(replace(policies.current), 1)
    assert plans("salesperson", NOTHING, None) is not first
    monkeypatch.setattr("core.access.plans.MOST_PLANS", 2)
    for name in ("leader", "finance", "legal"):
        plans(name, NOTHING, None)
    assert len(plans._kept) == 2


def test_models_without_consents_stay_as_they_are() -> None:
    bare = Policy((), {EVERYONE: Role(EVERYONE, Text("e", "e"))}, {})
    assert bare.circumstances == NOTHING
