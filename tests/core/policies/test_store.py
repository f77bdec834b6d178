"""What is read from the rows decides as casbin does (BEY-1), and is what was written."""

import itertools
import random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.cells import ALL_CELLS, RELATIONS, name_of
from core.access.enforcer import enforcer
from core.access.lines import Link, policy_of
from core.access.plan import AccessPlan
from core.access.rules import EVERYONE, MASK, READ, SHOW, WRITE, Policy, PolicyError, Role, Rule
from core.policies.change import between
from core.policies.store import read_version
from core.text import Text
from tests.core.policies.company import Office, lines, open_office
from tests.core.world import World, catalogue, policy

ROLES = ("a", "b", "c")
RULES = st.builds(
    Rule,
    st.sampled_from([*ROLES, EVERYONE]),
    st.sampled_from(["class:contact", "class:personal", "type:Customer", "field:Customer.phone"]),
    st.sampled_from([SHOW, MASK, READ, WRITE, "update"]),
    st.sampled_from(RELATIONS),
    st.sampled_from(["allow", "deny"]),
)
LINKS = st.sampled_from(
    [(), (Link("a", "b"),), (Link("a", "b"), Link("b", "c")), (Link("a", "c"), Link("b", "c"))]
)
QUESTIONS = [("", "", READ), ("", "", "update"), *(("phone", "contact", act) for act in (SHOW, MASK, WRITE))]


@given(st.lists(RULES, max_size=12, unique=True), LINKS, st.integers())
def test_any_rows_in_any_order(rules: list[Rule], links: tuple[Link, ...], seed: int) -> None:
    rows: list[tuple[str, ...]] = [
        ("Version", "0" * 32, "7", "", "", ""),
        *(("Role", name, name, name, "", "") for name in ROLES),
        *(("Link", link.role, link.inherits, "", "", "") for link in links),
        *(("Rule", r.role, r.object, r.act, r.relation, r.effect) for r in rules),
    ]
    random.Random(seed).shuffle(rows)  # noqa: S311
    version = read_version(orjson.dumps(rows).decode(), policy())
    assert version is not None
    assert version.number == 7
    names = {name: Role(name, Text(name, name)) for name in (*ROLES, EVERYONE)}
    above = {role: frozenset(link.inherits for link in links if link.role == role) for role in ROLES}
    judge = enforcer(Policy(tuple(rules), names, above, policy().model))
    for role in ("a", "b"):
        plan = AccessPlan(catalogue(), version.policy.rules_of((role,)))
        for (field, class_name, act), cell in itertools.product(QUESTIONS, ALL_CELLS):
            allowed = judge.enforce(role, "Customer", field, class_name, act, name_of(cell))
            assert allowed == (cell in plan.cells("Customer", act, field, class_name))


async def test_any_policy_comes_back_as_it_was_put(office: Office) -> None:
    """Through the database, one version after the other, whatever stood there before."""
    chance = random.Random(11)  # noqa: S311
    known = [*policy().rules]
    for number in range(2, 6):
        rules = chance.sample(known, len(known) // 2)
        kept = [
            r for r in known if r.object in {"type:PolicyChange", "type:Employee"}
        ]  # nobody is locked out
        made = policy_of([*rules, *kept], policy())
        made = Policy(tuple(set(made.rules)), policy().roles, policy().inherits, policy().model)
        async with office.acting("operator") as service:
            version = await service.replace(made, "because")
        assert version is not None
        assert version.number == number == office.policies.epoch
        assert lines(office.policies.current) == lines(made)
        assert not between(office.policies.current, made)
        async with office.acting("operator") as service:
            assert await service.replace(made, "again") is None


async def test_a_rule_of_what_is_not_there_any_more_stops_the_start(world: World) -> None:
    """A plugin that is gone, a field of another name: the line and the remedy, rather than a hole."""
    office = Office(world)
    lost = Rule("legal", "class:shoe", SHOW, "all", "deny")
    office.keeper._like = Policy((*policy().rules, lost), policy().roles, policy().inherits, policy().model)
    with pytest.raises(PolicyError) as caught:
        await office.keeper.start()
    assert caught.value.field == "p, legal, class:shoe, show, all, deny"
    with pytest.raises(PolicyError):
        await open_office(world)
