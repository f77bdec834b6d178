"""Lines of policies: as people write them in roles.csv and grants.csv, and what they mean."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.access.cells import RELATIONS
from core.access.rules import (
    EFFECTS,
    EVERYONE,
    FULL_WIDTH,
    NO_EFFECT,
    NO_RELATION,
    ROLE_FORM,
    RULE_FORM,
    Policy,
    PolicyError,
    Role,
    Rule,
    unknown,
)
from core.text import Text

LINE_FORM = Text(
    "a line begins with `p,` (a rule), `role,` (a role) or `g,` (a role inherits another)",
    "每行以 `p,`（规则）、`role,`（角色）或 `g,`（角色继承）开头",
)
ALWAYS = Text("everyone is there always", "everyone 始终存在")
FORMS = {"p": RULE_FORM, "role": ROLE_FORM, "g": ROLE_FORM}


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A role has all that another one has."""

    role: str
    inherits: str


Line: TypeAlias = Rule | Role | Link
Placed: TypeAlias = tuple[str, Line]
"""A line and where it stands, such as `add[2]`."""


def read_line(text: str, place: str) -> Line:
    """What a line means; PolicyError where it has no form."""
    cells = [cell.strip() for cell in next(csv.reader([text], skipinitialspace=True), [])]
    if all(cells) and text.isprintable():
        match cells:
            case ["p", role, object_, act, relation, effect]:
                if relation not in RELATIONS:
                    raise unknown(place, relation, RELATIONS, NO_RELATION)
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
    raise PolicyError(place, FORMS.get(cells[0] if cells else "", LINE_FORM))


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
