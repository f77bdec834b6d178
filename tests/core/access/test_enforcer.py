"""Plans decide as casbin does (BEY-1): for the shipped policies, and for any rules in any order."""

import itertools
from dataclasses import dataclass, replace
from functools import cache

import casbin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.cells import BY_CONSENT, RELATIONS, name_of
from core.access.circumstances import CIRCUMSTANCES, KNOWN_FIRST, resolved
from core.access.enforcer import check_model, enforcer, said
from core.access.plan import MASKED, SHOWN, AccessPlan
from core.access.rules import EVERYONE, MASK, READ, SHOW, WRITE, Policy, PolicyError, Role, Rule, covers
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


@dataclass(frozen=True)
class Question:
    """Whether this may be done to a type or, where a field is named, to that field of it."""

    type: str
    act: str
    field: str = ""
    class_name: str = ""

    @property
    def object(self) -> tuple[str, str, str]:
        """What is asked about, as rules speak of it."""
        return self.type, self.field, self.class_name


@cache
def questions() -> tuple[Question, ...]:
    """Every act on every type; of fields one of each class, and each that a rule names."""
    named = {
        tuple(rule.object.removeprefix("field:").split("."))
        for rule in policy().rules
        if "field:" in rule.object
    }
    known = catalogue().fields
    chosen = {(t, c): f for (t, f), c in known.items()}
    fields = {(t, f): c for (t, c), f in chosen.items()} | {k: c for k, c in known.items() if k in named}
    acts = {(t, READ) for t in catalogue().relations.models} | {(p.type, p.act) for p in CORE_PERMISSIONS}
    asked = [Question(type_name, act) for type_name, act in sorted(acts)]
    asked += [Question(t, act, f, c) for (t, f), c in fields.items() for act in (SHOW, MASK, WRITE)]
    return tuple(asked)


@cache
def whole_judge() -> casbin.Enforcer:
    return enforcer(policy())


@cache
def judge_of(type_name: str, field: str, class_name: str) -> casbin.Enforcer:
    """A judge who has the rules that cover this, for it weighs every rule that it has."""
    rules = [rule for rule in policy().rules if covers(rule.object, type_name, field, class_name)]
    return enforcer(replace(policy(), rules=tuple(rules)))


def judged(judge: casbin.Enforcer, role: str, asked: Question, cell: int) -> bool:
    return bool(judge.enforce(role, *asked.object, asked.act, name_of(cell)))


@pytest.mark.no_cover
@pytest.mark.parametrize("role", sorted(policy().roles))
def test_the_shipped_policies(role: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every class of every type, every act of the core, in every cell."""
    plan, relations = AccessPlan(catalogue(), policy().rules_of((role,))), catalogue().relations
    for asked in questions():
        judge = judge_of(*asked.object)
        allowed = {cell for cell in relations.possible(asked.type) if judged(judge, role, asked, cell)}
        assert plan.cells(asked.type, asked.act, asked.field, asked.class_name) == allowed, asked
        if asked.act == WRITE:
            assert plan.writable(asked.type, asked.field, asked.class_name) == allowed, asked
        elif asked.act in {SHOW, MASK} and asked.class_name != "public":
            effects = plan.effects(asked.type, asked.field)
            enough = {SHOWN} if asked.act == SHOW else {SHOWN, MASKED}
            told = {cell for cell in relations.possible(asked.type) if effects[cell] in enough}
            assert told == allowed, asked
    assert not caplog.records  # or every refused request would stand in the log


@pytest.mark.no_cover
@pytest.mark.parametrize("role", sorted(policy().roles))
def test_rules_about_something_else_say_nothing(role: str) -> None:
    """So `judge_of` may leave them out: with all rules casbin says the same. Roles share the questions."""
    roles, places = sorted(policy().roles), catalogue().relations.possible
    mine = questions()[roles.index(role) :: len(roles)]
    for i, asked in enumerate(mine):
        cells = sorted(places(asked.type))
        cell = cells[i % len(cells)]
        expected = judged(judge_of(*asked.object), role, asked, cell)
        assert judged(whole_judge(), role, asked, cell) == expected, (asked, cell)


RULES = st.builds(
    Rule,
    st.sampled_from(["a", "b", "c", EVERYONE]),
    st.sampled_from(["class:contact", "class:personal", "type:Customer", "field:Customer.phone"]),
    st.sampled_from([SHOW, MASK, READ, WRITE, "update"]),
    st.sampled_from((*RELATIONS, *CIRCUMSTANCES)),
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


HELD = st.frozensets(st.sampled_from(sorted(KNOWN_FIRST)), max_size=3)


@given(st.lists(RULES, max_size=10, unique=True), st.sampled_from(INHERITED), HELD)
def test_any_rules_in_any_order(
    rules: list[Rule], above: dict[str, frozenset[str]], held: frozenset[str]
) -> None:
    """Whatever holds; rows with and without the customer's consent."""
    roles = {name: Role(name, Text(name, name)) for name in ("a", "b", "c", EVERYONE)}
    made = Policy(tuple(rules), roles, above, policy().model)
    judge, plan = enforcer(made), AccessPlan(catalogue().by_consent, resolved(made.rules_of(("a",)), held))
    for (field, class_name, act), cell in itertools.product(QUESTIONS, BY_CONSENT):
        allowed = judge.enforce("a", "Customer", field, class_name, act, said(cell, held))
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
