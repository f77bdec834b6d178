"""What is denied is denied by every door, and answered the same whatever is stored (PRM-7, ACC-2, BEY-1)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from core.access.purposes import Purpose
from core.access.rules import Rule
from tests.schema.compiler.comparing import Caller, compare
from tests.schema.compiler.judge import Judge
from tests.schema.world import World, policy_of


def answer(world: World, judge: Judge, text: str, *roles: str, employee: int | None = 0) -> Any:
    """The judged answer, read."""
    _, asked = compare(world, judge, text, {}, Caller(roles, employee))
    return orjson.loads(asked.body) if asked.body else asked.code


@pytest.mark.parametrize("value", ["13800138000", "13912345678", "+86 139 0000 0000"])
@pytest.mark.parametrize(
    "text",
    [
        '{{ customers(where: {{phone: {{eq: "{0}"}}}}) {{ totalCount }} }}',
        '{{ customers(where: {{not: {{phone: {{eq: "{0}"}}}}}}) {{ nodes {{ id }} }} }}',
        '{{ purchases(where: {{customer: {{phone: {{eq: "{0}"}}}}}}) {{ totalCount }} }}',
        '{{ employees(where: {{customers: {{none: {{phone: {{eq: "{0}"}}}}}}}}) {{ totalCount }} }}',
        "{{ customers(where: {{phone: {{isNull: true}}}}) {{ totalCount }} }}",
        "{{ customers(orderBy: [{{birthday: ASC}}]) {{ totalCount }} }}",
    ],
)
def test_forbidden_whatever_the_value(world: World, judge: Judge, text: str, value: str) -> None:
    assert answer(world, judge, text.format(value), "marketing_specialist") == "FORBIDDEN"


def test_a_narrower_scope_opens_what_is_shown_there(world: World, judge: Judge) -> None:
    text = '{ customers(%swhere: {phone: {eq: "13800138000"}}) { totalCount } }'
    assert answer(world, judge, text % "", "salesperson") == "FORBIDDEN"
    assert answer(world, judge, text % "scope: OWN, ", "salesperson") != "FORBIDDEN"


def test_a_default_order_is_no_door(world: World, judge: Judge) -> None:
    """The auditor may not see when somebody bought: the list comes by id, and its cursors say no time."""
    text = "{ customers(first: 9) { nodes { purchases { edges { cursor node { channel } } } } } }"
    found = answer(world, judge, text, "auditor")["data"]["customers"]["nodes"]
    cursors = [e["cursor"] for c in found for e in c["purchases"]["edges"]]
    assert cursors
    assert all(len(orjson.loads(bytes.fromhex(cursor))) == 2 for cursor in cursors)


def test_a_timeline_does_not_tell_when(world: World, judge: Judge) -> None:
    """A kind whose time is hidden is not in it: its place and its cursor would tell the time."""
    text = (
        "{ customers(first: 26) { nodes { timeline { totalCount edges { cursor node { __typename } } } } } }"
    )
    found = answer(world, judge, text, "auditor")["data"]["customers"]["nodes"]
    kinds = {e["node"]["__typename"] for c in found for e in c["timeline"]["edges"]}
    assert kinds == {"Interaction", "Participation", "TierAssignment"}


def test_redactions_do_not_depend_on_rows(world: World, judge: Judge) -> None:
    """Also where no row is found, and the entry names the selection, not the field."""
    text = "{ customers(first: %d) { nodes { p: phone notes spend { amount } owner { phone } } } }"
    none, some = (answer(world, judge, text % n, "salesperson")["extensions"]["redactions"] for n in (0, 9))
    assert none == some
    assert [(r["path"][-1], r["class"]) for r in some] == [
        ("p", "contact"),
        ("notes", "personal"),
        ("spend", "commercial"),
        ("phone", "contact"),
    ]
    assert [(r["type"], r["field"]) for r in some][::3] == [("Customer", "phone"), ("Employee", "phone")]
    assert some[0]["effect"]["own"] == "SHOW"
    assert some[0]["effect"]["team"] == "MASK"


def test_a_stranger_stands_in_no_relation(world: World, judge: Judge) -> None:
    found = answer(
        world,
        judge,
        "{ me { id } customers { totalCount } employees { totalCount } }",
        "salesperson",
        employee=None,
    )
    assert found["data"] == {"me": None, "customers": {"totalCount": 0}, "employees": {"totalCount": 8}}


def test_not_found_and_not_visible_answer_alike(world: World, judge: Judge) -> None:
    seen = answer(world, judge, "{ customers(first: 100) { nodes { id } } }", "technical_support", employee=4)
    shown = {node["id"] for node in seen["data"]["customers"]["nodes"]}
    hidden = next(c for c in world.rows["Customer"] if f"cus_{c['id'].hex}" not in shown)
    roots = ('customer(id: "{0}")', 'node(id: "{0}")', 'nodes(ids: ["{0}"])')
    text = f"{{{{ {' '.join(f'{root} {{{{ id }}}}' for root in roots)} }}}}"
    for key in (hidden["id"].hex, "0" * 32):
        found = answer(world, judge, text.format(f"cus_{key}"), "technical_support", employee=4)
        assert found == {"data": {"customer": None, "node": None, "nodes": [None]}}


# -- plans
def test_equal_answers_have_equal_hashes(world: World) -> None:
    """However the rules are written, in whatever order."""
    one = [
        Rule("a", "class:contact", "show", "all", "allow"),
        Rule("a", "type:Customer", "read", "own", "allow"),
    ]
    other = [
        *reversed(one),
        Rule("a", "class:contact", "mask", "team", "allow"),
        Rule("b", "class:identity", "show", "all", "allow"),
    ]
    plans = [world.viewer(("a",), of=policy_of(rules)).plan for rules in (one, other, one[:1], other[:1])]
    assert plans[0].hash == plans[1].hash
    assert len({plan.hash for plan in plans}) == 3


def test_a_weaker_role_beside_adds_no_program(world: World) -> None:
    text, engine = "{ customers { nodes { phone notes } } }", world.app.engine
    world.ask(world.app, text, {}, world.viewer(("marketing_manager",)))
    made = engine.compiled
    world.ask(world.app, text, {}, world.viewer(("marketing_manager", "marketing_specialist")))
    assert engine.compiled == made


def test_a_pair_of_roles_reads_what_either_may(world: World, judge: Judge) -> None:
    text = "{ customers { totalCount nodes { phone spend { amount } identityNumber } } }"
    for roles in (("finance", "legal"), ("customer_service", "finance"), ("leader", "auditor")):
        answer(world, judge, text, *roles)


@pytest.mark.parametrize("change", ["grant", "deny"])
def test_a_changed_rule_has_programs_of_its_own(world: World, judge: Judge, change: str) -> None:
    """The same document, the same caller: nothing is left of the plan before (PRM-8)."""
    rules = [
        Rule("a", "type:Customer", "read", "all", "allow"),
        Rule("a", "class:contact", "mask", "all", "allow"),
    ]
    extra = (
        Rule("a", "class:contact", "show", "team", "allow")
        if change == "grant"
        else Rule("a", "field:Customer.phone", "mask", "own", "deny")
    )
    bodies = [
        compare(world, judge, "{ customers { nodes { phone } } }", {}, Caller(("a",), 0, policy_of(r)))[
            1
        ].body
        for r in (rules, [*rules, extra], rules)
    ]
    assert bodies[0] == bodies[2] != bodies[1]


CONSENTS = """{ customers(first: 100) { nodes { phone viewerRelation purchases { nodes { reference } } } }
  mine: customers(scope: OWN) { totalCount } purchases { totalCount nodes { customer { phone } } } }"""


def by_consent(purpose: Purpose | None, *lines: str) -> Caller:
    rules = [Rule("a", f"type:{name}", "read", "all", "allow") for name in ("Customer", "Purchase")]
    rules += [Rule("a", f"class:{name}", "show", "all", "allow") for name in ("contact", "commercial")]
    return Caller(("a",), 0, policy_of([*rules, *(Rule(*line.split(", ")) for line in lines)]), purpose)


@pytest.mark.parametrize("act", ["show", "mask", "read"])
def test_a_purpose_that_needs_consent_reaches_those_who_gave_it(world: World, judge: Judge, act: str) -> None:
    """CUS-4: of the others the phone is masked or hidden, or the row is not there; purchases likewise."""
    deny = [f"a, class:contact, {act}, without-consent, deny"]
    if act == "read":
        deny = [f"a, type:{name}, read, without-consent, deny" for name in ("Customer", "Purchase")]
    bodies = {
        purpose: compare(world, judge, CONSENTS, {}, by_consent(purpose, *deny))[1].body
        for purpose in (None, Purpose.CARE, Purpose.INVITATION, Purpose.RECOMMENDATION)
    }
    usual = compare(world, judge, CONSENTS, {}, by_consent(None))[1].body
    assert bodies[None] == bodies[Purpose.CARE] == usual
    assert len(set(bodies.values())) == 3
    found = orjson.loads(bodies[Purpose.INVITATION] or b"")
    phones = [one["phone"] for one in found["data"]["customers"]["nodes"]]
    assert any(phone and "*" not in phone for phone in phones)
    if act != "read":
        told = found["extensions"]["redactions"][0]["effect"]
        assert told["own"] == "SHOW"
        assert told["own+without-consent"] == ("MASK" if act == "show" else "HIDE")
        assert any(phone is None or "*" in phone for phone in phones)


def test_without_every_consent_nothing_is_compared(world: World, judge: Judge) -> None:
    text = '{ customers(where: {phone: {eq: "13800138000"}}) { totalCount } }'
    deny = "a, class:contact, show, without-consent, deny"
    compare(world, judge, text, {}, by_consent(Purpose.SERVICE, deny))
    refused = compare(world, judge, text, {}, by_consent(Purpose.INVITATION, deny))[1]
    assert refused.code == "FORBIDDEN"
