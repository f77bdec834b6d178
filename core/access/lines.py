"""Lines of policies: as people write them in roles.csv, grants.csv and changes, and what they mean."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.access.cells import RELATIONS
from core.access.circumstances import CIRCUMSTANCES
from core.access.rules import EFFECTS, EVERYONE, Policy, PolicyError, Role, Rule, unknown
from core.text import Text

LINE_FORM = Text(
    "a line begins with `p,` (a rule), `role,` (a role) or `g,` (a role inherits another)",
    "每行以 `p,`（规则）、`role,`（角色）或 `g,`（角色继承）开头",
)
FULL_WIDTH = Text(
    "separate with plain commas (,), not with full-width ones", "请用半角逗号（,）分隔，不要用全角逗号"
)
ROLE_FORM = Text(
    "write `role, NAME, English, 中文` or `g, ROLE, INHERITED`",
    "应写作 `role, 名称, English, 中文` 或 `g, 角色, 被继承角色`",
)
RULE_FORM = Text(
    "write `p, ROLE, OBJECT, ACT, RELATION, allow|deny`", "应写作 `p, 角色, 对象, 动作, 关系, allow|deny`"
)
NO_RELATION = Text("unknown relation {name}; known: {known}", "未知关系 {name}；已知：{known}")
NO_EFFECT = Text("the effect is allow or deny, not {name}", "效果为 allow 或 deny，而不是 {name}")
NOT_UTF8 = Text("save the file as UTF-8", "请将文件另存为 UTF-8 编码")
ITSELF = Text("{child} would inherit from itself", "{child} 将继承自身")
FROM_NOBODY = Text(
    "everyone inherits from nobody; give the rules to everyone itself",
    "everyone 不可继承其他角色；请直接向 everyone 授予规则",
)
ALWAYS = Text("everyone is there always", "everyone 始终存在")
KNOWN = (*RELATIONS, *CIRCUMSTANCES)
FORMS = {"p": RULE_FORM, "role": ROLE_FORM, "g": ROLE_FORM}


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A role has all that another one has."""

    role: str
    inherits: str


Line: TypeAlias = Rule | Role | Link
Placed: TypeAlias = tuple[str, Line]
"""A line and where it stands, such as `add[2]`."""


def read_line(text: str, place: str, form: Text = LINE_FORM) -> Line:
    """What a line means; PolicyError where it has no form. `form`: how to word that for no known line."""
    cells = [cell.strip() for cell in next(csv.reader([text], skipinitialspace=True), [])]
    if all(cells) and text.isprintable():
        match cells:
            case ["p", role, object_, act, relation, effect]:
                if relation not in KNOWN:
                    raise unknown(place, relation, KNOWN, NO_RELATION)
                if effect not in EFFECTS:
                    raise unknown(place, effect, EFFECTS, NO_EFFECT)
                return Rule(role, object_, act, relation, effect)
            case ["role", name, english, chinese]:
                if name == EVERYONE:
                    raise PolicyError(place, ALWAYS)
                return Role(name, Text(english, chinese))
            case ["g", role, inherits]:
                return Link(role, inherits)
    if "，" in text and (not cells or cells[0] not in FORMS or len(cells) == 1):
        raise PolicyError(place, FULL_WIDTH)
    raise PolicyError(place, FORMS.get(cells[0] if cells else "", form))


def read_lines(texts: Iterable[str], name: str, faults: list[PolicyError]) -> list[Placed]:
    """Lines with their places `name[0]`, …; those that have no form are left out and added to `faults`."""
    found: list[Placed] = []
    for number, text in enumerate(texts):
        place = f"{name}[{number}]"
        try:
            found.append((place, read_line(text, place)))
        except PolicyError as fault:
            faults.append(fault)
    return found


def _named(line: Line) -> tuple[str, ...]:
    """The roles that a line speaks of and does not declare."""
    match line:
        case Rule():
            return (line.role,)
        case Link():
            return line.role, line.inherits
        case Role():
            return ()


def fault_of_roles(
    place: str, line: Line, roles: Iterable[str], inherits: Mapping[str, Iterable[str]], undeclared: Text
) -> PolicyError | None:
    """What is wrong with the roles that a line names: not declared, or an inheritance that can't be."""
    names = (
        () if isinstance(line, Role) else (line.role, *((line.inherits,) if isinstance(line, Link) else ()))
    )
    for name in names:
        if name not in roles:
            return unknown(place, name, roles, undeclared)
    if isinstance(line, Link) and line.role == EVERYONE:  # its rules are asked for every role
        return PolicyError(place, FROM_NOBODY)
    if isinstance(line, Link) and line.role in _ancestors(inherits, line.inherits):
        return PolicyError(place, ITSELF, child=line.role)
    return None


def cells_of(line: Line) -> tuple[str, ...]:
    """The cells of a line."""
    match line:
        case Rule():
            return "p", line.role, line.object, line.act, line.relation, line.effect
        case Role():
            return "role", line.name, line.title.en, line.title.zh
        case Link():
            return "g", line.role, line.inherits


def write_line(line: Line) -> str:
    """A line as it stands in a file."""
    return ", ".join(
        f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"') else c for c in cells_of(line)
    )


def lines_of(policy: Policy) -> list[Line]:
    """Every line of a policy: roles, inheritances, rules."""
    roles = [role for name, role in policy.roles.items() if name != EVERYONE]
    links = [Link(role, above) for role, names in policy.inherits.items() for above in names]
    return [*roles, *links, *policy.rules]


def policy_of(lines: Iterable[Line], like: Policy, placed: Iterable[Placed] = ()) -> Policy:
    """The policy that these lines make, under the model of another.

    `placed`: where some of them stand; of the others the line itself says where.
    """
    roles = {EVERYONE: like.roles[EVERYONE]}
    inherits: dict[str, set[str]] = {}
    rules: list[Rule] = []
    for line in lines:
        match line:
            case Rule():
                rules.append(line)
            case Role():
                roles[line.name] = line
            case Link():
                inherits.setdefault(line.role, set()).add(line.inherits)
    above = {role: frozenset(names) for role, names in inherits.items()}
    places = _Places({line: place for place, line in placed if isinstance(line, Rule)})
    return Policy(tuple(rules), roles, above, like.model, places)


class _Places(dict[Rule, str]):
    """Where rules stand; a rule without a place stands for itself."""

    def __missing__(self, rule: Rule) -> str:
        return write_line(rule)

    def get(self, rule: Rule, default: Any = None) -> Any:  # noqa: ARG002
        """The place, for every rule."""
        return self[rule]


def _ancestors(inherits: Mapping[str, Iterable[str]], role: str) -> set[str]:
    seen: set[str] = set()
    todo = [role]
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += inherits.get(name, ())
    return seen
