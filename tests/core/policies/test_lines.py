"""Lines as people write them, and changes made of them; every fault with its place and remedy."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.lines import Link, lines_of, read_line, write_line
from core.access.rules import PolicyError, Role, Rule
from core.policies.change import Change, between, changed, faults_in, misfits, read_change
from core.text import Text
from tests.core.policies.company import lines
from tests.core.world import policy, vocabulary

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
LINES = st.one_of(
    st.builds(Rule, WORDS, WORDS, WORDS, st.sampled_from(["own", "all"]), st.sampled_from(["allow", "deny"])),
    st.builds(Role, WORDS, st.builds(Text, WORDS, WORDS)),
    st.builds(Link, WORDS, WORDS),
).filter(lambda line: not isinstance(line, Role) or line.name != "everyone")


@given(LINES)
def test_what_is_written_is_read(line: Rule | Role | Link) -> None:
    assert read_line(write_line(line), "add[0]") == line


@pytest.mark.parametrize("role", [Role("r", Text('the "boss", so to say', "老板，正"))])
def test_names_may_hold_commas_and_quotes(role: Role) -> None:
    assert read_line(write_line(role), "") == role


FAULTS = [
    ("", "a line begins with"),
    ("q, leader", "a line begins with"),
    ("p, leader", "write `p, ROLE"),
    ("p, , class:contact, show, all, allow", "write `p, ROLE"),
    ("role, x, y", "write `role, NAME"),
    ("role, everyone, all, 全部", "everyone is there always"),
    ("g, leader", "write `role, NAME"),
    ("p，leader，class:contact，show，all，allow", "plain commas"),
    ('role, x, "two\nlines", 两行', "write `role, NAME"),
    ("p, leader, class:contact, show, mine, allow", "unknown relation mine"),
    ("p, leader, class:contact, show, all, perhaps", "allow or deny"),
    ("p, emperor, class:contact, show, all, allow", "unknown role emperor; also add `role, emperor"),
    ("p, leader, class:secret, show, all, allow", "unknown class secret; known:"),
    ("p, leader, type:Shop, read, all, allow", "unknown type Shop"),
    ("p, leader, field:Customer.shoe, show, all, allow", "unknown field Customer.shoe"),
    ("p, leader, class:contact, create, all, allow", "create is no act here"),
    ("p, leader, type:Tier, read, own, allow", "own never holds for Tier"),
    ("p, leader, class:public, mask, all, deny", "a public field can't be hidden"),
    ("p, leader, class:contact, show, all, allow", "this line is in force already"),
    ("g, trainee, leader", "unknown role trainee"),
    ("g, marketing_specialist, marketing_manager", "would inherit from itself"),
    ("g, leader, leader", "would inherit from itself"),
    ("g, everyone, leader", "everyone inherits from nobody"),
    ("role, leader, boss, 老板", "role leader is declared already"),
]


def told(add: list[str], remove: list[str], held: dict[str, int] | None = None) -> list[PolicyError]:
    faults: list[PolicyError] = []
    change = read_change(add, remove, faults)
    return [*faults, *misfits(policy(), change), *faults_in(policy(), change, vocabulary(), held or {})]


@pytest.mark.parametrize(("line", "remedy"), FAULTS)
def test_a_bad_line_is_named_with_its_remedy(line: str, remedy: str) -> None:
    found = told(["p, legal, class:contact, mask, all, allow", line], [])
    assert remedy in found[0].message("en")
    assert found[0].field == "add[1]"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found[0].message("zh"))


def test_all_bad_lines_are_named_at_once() -> None:
    found = told([line for line, _ in FAULTS], ["p, legal, class:contact, show, all, allow", "x"])
    assert {fault.field for fault in found} == {f"add[{i}]" for i in range(len(FAULTS))} | {
        "remove[0]",
        "remove[1]",
    }


@pytest.mark.parametrize(
    ("add", "remove", "said"),
    [
        ([], [], "add: nothing is added"),
        ([], ["p, legal, class:contact, show, all, allow"], "remove[0]: no such line is in force"),
        (
            [],
            ["p, legal, type:Customer, read, all, allow"] * 2,
            "remove[1]: the same line stands at remove[0]",
        ),
        (["p, legal, class:contact, show, all, allow"] * 2, [], "add[1]: the same line stands at add[0]"),
        ([], ["role, legal, legal, 法务人员"], "role legal is in use: 4 rules speak of it, 0 inheritances"),
        ([], ["role, salesperson, salesperson, 销售人员"], "1 inheritance names it, 2 employees hold it"),
    ],
)
def test_what_can_not_come_or_go(add: list[str], remove: list[str], said: str) -> None:
    (found,) = told(add, remove, {"salesperson": 2})
    assert said in found.message("en")


def test_a_role_goes_with_everything_that_names_it() -> None:
    gone = [write_line(line) for line in lines_of(policy()) if "legal" in write_line(line)]
    assert told([], gone) == []
    assert (
        told([], gone, {"legal": 1})[0].message("en").endswith("1 employee holds it; take these away first")
    )


@given(st.integers())
def test_the_difference_makes_the_other(seed: int) -> None:
    """Any two policies, whichever way."""
    chance = random.Random(seed)  # noqa: S311
    known = lines_of(policy())
    one, other = (
        changed(policy(), Change(remove=tuple(("", line) for line in known if chance.random() < 0.3)))
        for _ in range(2)
    )
    assert lines(changed(one, between(one, other))) == lines(other)
    assert lines(changed(other, between(other, one))) == lines(one)
    assert not between(one, one)
