"""Plans decide as casbin does (BEY-1): for the shipped policies, and for any rules in any order."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.cells import ALL_CELLS, RELATIONS, name_of
from core.access.enforcer import check_model, enforcer
from core.access.plan import HIDDEN, MASKED, SHOWN, AccessPlan
from core.access.rules import EVERYONE, MASK, READ, SHOW, WRITE, Policy, PolicyError, Role, Rule
from core.permissions import CORE_PERMISSIONS
from core.text import Text
from tests.core.world import catalogue, policy

BROKEN = (
    (" && !some(where (p.eft == deny))", ""),
    (" && within(p.rel, r.rels)", ""),
    ("implies(p.eft, p.act, r.act)", "p.act == r.act"),
    ("some(where (p.eft == allow)) && !some(where (p.eft == deny))", "priority(p.eft) || deny"),
    ("g(r.sub, p.sub)", "r.sub == p.sub"),
    ("covers(p.obj", "cover(p.obj"),
    ("[matchers]", "[matters]"),
    ("r = sub", "r = who"),
)


def test_the_shipped_model_means_what_plans_mean() -> None:
    check_model(policy())


@pytest.mark.parametrize(("good", "bad"), BROKEN)
def test_a_model_with_another_meaning_is_refused(good: str, bad: str) -> None:
    assert good in policy().model
    with pytest.raises(PolicyError):
        check_model(replace(policy(), model=policy().model.replace(good, bad)))


@pytest.mark.no_cover
@pytest.mark.parametrize("role", sorted(policy().roles))
def test_the_shipped_policies(role: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every class of every type, every act of the core, in every cell."""
    judge, plan = enforcer(policy()), AccessPlan(catalogue(), policy().rules_of((role,)))
    relations = catalogue().relations
    asked = {(t, READ) for t in relations.models} | {(p.type, p.act) for p in CORE_PERMISSIONS}
    for type_name, act in asked:
        for cell in relations.possible(type_name):
            allowed = judge.enforce(role, type_name, "", "", act, name_of(cell))
            assert allowed == (cell in plan.cells(type_name, act)), (type_name, act, cell)
    # One field of each class and type stands for all, unless a rule names it.
    named = {
        tuple(rule.object.removeprefix("field:").split("."))
        for rule in policy().rules
        if "field:" in rule.object
    }
    chosen = {(t, c): f for (t, f), c in catalogue().fields.items()}
    fields = {(t, f): c for (t, c), f in chosen.items()} | {
        k: c for k, c in catalogue().fields.items() if k in named
    }
    for (type_name, field), class_name in fields.items():
        for cell in relations.possible(type_name):
            place = name_of(cell)
            show, mask, write = (
                judge.enforce(role, type_name, field, class_name, act, place) for act in (SHOW, MASK, WRITE)
            )
            assert write == (cell in plan.writable(type_name, field, class_name))
            if class_name != "public":
                effect = SHOWN if show else MASKED if mask else HIDDEN
                assert plan.effects(type_name, field)[cell] == effect, (type_name, field, place)
    assert not caplog.records  # or every refused request would stand in the log


RULES = st.builds(
    Rule,
    st.sampled_from(["a", "b", "c", EVERYONE]),
    st.sampled_from(["class:contact", "class:personal", "type:Customer", "field:Customer.phone"]),
    st.sampled_from([SHOW, MASK, READ, WRITE, "update"]),
    st.sampled_from(RELATIONS),
    st.sampled_from(["allow", "deny"]),
)
QUESTIONS = [
    ("", "", READ),
    ("", "", "update"),
    *itertools.product(["phone"], ["contact"], [SHOW, MASK, WRITE]),
]


INHERITED: tuple[dict[str, frozenset[str]], ...] = (
    {},
    {"a": frozenset({"b"})},
    {"a": frozenset({"b"}), "b": frozenset({"c"})},
    {"a": frozenset({"b", "c"}), "b": frozenset({"c"})},
)


@given(st.lists(RULES, max_size=10, unique=True), st.sampled_from(INHERITED))
def test_any_rules_in_any_order(rules: list[Rule], above: dict[str, frozenset[str]]) -> None:
    roles = {name: Role(name, Text(name, name)) for name in ("a", "b", "c", EVERYONE)}
    made = Policy(tuple(rules), roles, above, policy().model)
    judge, plan = enforcer(made), AccessPlan(catalogue(), made.rules_of(("a",)))
    for (field, class_name, act), cell in itertools.product(QUESTIONS, ALL_CELLS):
        allowed = judge.enforce("a", "Customer", field, class_name, act, name_of(cell))
        assert allowed == (cell in plan.cells("Customer", act, field, class_name))


def test_a_role_is_reached_by_the_shortest_way() -> None:
    roles = {name: Role(name, Text(name, name)) for name in ("a", "b", "c", EVERYONE)}
    made = Policy((), roles, INHERITED[3])
    assert made.lineage("a") == {"a": ("a",), "b": ("a", "b"), "c": ("a", "c"), EVERYONE: ("a", EVERYONE)}
    assert made.lineage("c", "b") == {"b": ("b",), "c": ("c",), EVERYONE: ("b", EVERYONE)}


def test_a_policy_about_something_keeps_only_its_rules() -> None:
    narrowed = policy().about("type:Employee")
    assert {rule.object for rule in narrowed.rules} == {"type:Employee"}
    for role in policy().roles:
        about = [rule for rule in policy().rules_of((role,)) if rule.object == "type:Employee"]
        assert list(narrowed.rules_of((role,))) == about
