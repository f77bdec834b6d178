"""A change of a policy: lines that come and go together, whether it fits, and what it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.access.checks import faults_of
from core.access.lines import (
    Line,
    Placed,
    cells_of,
    fault_of_roles,
    lines_of,
    policy_of,
    read_lines,
    write_line,
)
from core.access.rules import Policy, PolicyError, Role, Rule, Vocabulary
from core.text import Count, Text

NOTHING = Text("nothing is added and nothing removed", "未添加也未删除任何策略行")
NOT_THERE = Text("no such line is in force", "现行策略中没有此行")
THERE = Text("this line is in force already", "此行已生效")
TWICE = Text("the same line stands at {other}; remove one", "与 {other} 重复，请删去其一")
DECLARED = Text(
    "role {name} is declared already; to rename it, also remove its line",
    "角色 {name} 已声明；如需更名，请同时删除其原有的行",
)
UNDECLARED = Text(
    "unknown role {name}; also add `role, {name}, English, 中文`",
    "未知角色 {name}；请同时添加 `role, {name}, English, 中文`",
)
IN_USE = Text(
    "role {name} is in use: {rules:rule speaks|rules speak} of it, "
    "{links:inheritance names|inheritances name} it, {people:employee holds|employees hold} it; "
    "take these away first",
    "角色 {name} 仍在使用：{rules} 条规则、{links} 条继承、{people} 名员工；请先解除",
)


@dataclass(frozen=True)
class Change:
    """Lines to add and lines to remove, each with its place."""

    add: tuple[Placed, ...] = ()
    remove: tuple[Placed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def read_change(add: Iterable[str], remove: Iterable[str], faults: list[PolicyError]) -> Change:
    """What the lines say, placed as `add[0]`, `remove[0]`, …; those without a form are left to `faults`."""
    return Change(*(tuple(read_lines(t, n, faults)) for t, n in ((add, "add"), (remove, "remove"))))


def between(old: Policy, new: Policy) -> Change:
    """What makes the one out of the other; added rules keep the place where they stand."""
    before, after = (sorted(lines_of(policy), key=cells_of) for policy in (old, new))
    come = set(after).difference(before)
    go = set(before).difference(after)
    return Change(
        tuple((_place(new, line), line) for line in after if line in come),
        tuple((write_line(line), line) for line in before if line in go),
    )


def _place(policy: Policy, line: Line) -> str:
    return policy.places.get(line, write_line(line)) if isinstance(line, Rule) else write_line(line)


def changed(policy: Policy, change: Change) -> Policy:
    """The policy after the change."""
    gone = {line for _, line in change.remove}
    kept = [line for line in lines_of(policy) if line not in gone]
    return policy_of([*kept, *(line for _, line in change.add)], policy, change.add)


def misfits(policy: Policy, change: Change) -> Iterator[PolicyError]:
    """Lines that can't come because they are there, or can't go because they are not."""
    present = set(lines_of(policy))
    seen: dict[Line, str] = {}
    if not change:
        yield PolicyError("add", NOTHING)
    for placed, wanted, wrong in ((change.remove, True, NOT_THERE), (change.add, False, THERE)):
        for place, line in placed:
            if line in seen:
                yield PolicyError(place, TWICE, other=seen[line])
            elif (line in present) != wanted:
                yield PolicyError(place, wrong)
            seen.setdefault(line, place)
    names = {line.name for line in present - {line for _, line in change.remove} if isinstance(line, Role)}
    for place, line in change.add:
        if isinstance(line, Role) and line not in present:
            if line.name in names:
                yield PolicyError(place, DECLARED, name=line.name)
            names.add(line.name)


def faults_in(
    policy: Policy, change: Change, words: Vocabulary, held: Mapping[str, int]
) -> Iterator[PolicyError]:
    """What is wrong with the policy after a change that fits; `held`: how many employees hold a role."""
    after = changed(policy, change)
    for place, line in change.add:
        fault = fault_of_roles(place, line, after.roles, after.inherits, UNDECLARED)
        if fault is not None:
            yield fault
    for place, line in change.remove:
        if isinstance(line, Role) and line.name not in after.roles:
            rules = sum(rule.role == line.name for rule in after.rules)
            links = sum((role == line.name) + (line.name in above) for role, above in after.inherits.items())
            people = held.get(line.name, 0)
            if rules or links or people:
                counts = {"rules": Count(rules), "links": Count(links), "people": Count(people)}
                yield PolicyError(place, IN_USE, name=line.name, **counts)
    yield from faults_of(after, words)
