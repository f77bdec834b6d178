"""Rules: who may do what to which information, in which relation.

Read from `policies/` line by line; `core.access.checks` asks whether they speak of what there is. A rule
grants or denies an *act* on an *object* (`class:contact`, `type:Customer`, `field:Customer.phone`) to a
*role* for a *relation*. There are no priorities: a matching deny wins, else the most revealing allow, and
order never matters.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from core.access.cells import RELATIONS
from core.errors import ConfigurationError
from core.text import Language, Text

EVERYONE = "everyone"
SHOW, MASK, READ, WRITE = "show", "mask", "read", "write"
EFFECTS = ("allow", "deny")
PUBLIC = "public"
"""The class that no rule can hide."""


class PolicyError(ConfigurationError):
    """A line of the policies that can't be used; `field` is `file:line`. Its message also says `others`."""

    code = "POLICY"
    text = Text("this policy line can't be used", "此策略行无法使用")
    others: Sequence[PolicyError] = ()

    def message(self, language: Language) -> str:
        """What is wrong with this line, and then with the others."""
        return "\n".join([super().message(language), *(other.message(language) for other in self.others)])


def refuse(faults: Iterable[PolicyError]) -> None:
    """Raise what was found, if anything: one error that says all, in order of file and line."""
    first, *others = sorted(faults, key=_order) or (None,)
    if first is not None:
        first.others = others
        raise first


def _order(fault: PolicyError) -> tuple[bool, int]:
    file, _, line = (fault.field or "").rpartition(":")
    return file != ROLES, int(line) if line.isdigit() else 0


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One line of grants.csv."""

    role: str
    object: str
    act: str
    relation: str
    effect: str

    @property
    def line(self) -> str:
        """The rule as it stands in grants.csv."""
        return f"p, {self.role}, {self.object}, {self.act}, {self.relation}, {self.effect}"


@dataclass(frozen=True, slots=True)
class Role:
    """A declared role and its names."""

    name: str
    title: Text


@dataclass(frozen=True)
class Policy:
    """All rules, all roles, and which role inherits which."""

    rules: tuple[Rule, ...]
    roles: Mapping[str, Role]
    inherits: Mapping[str, frozenset[str]]
    model: str = ""
    places: Mapping[Rule, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each rule stands, as `file:line`."""
    _memo: dict[tuple[str, ...], tuple[Rule, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in dict.fromkeys(self.rules):
            found.setdefault(rule.role, []).append(rule)
        return {role: tuple(rules) for role, rules in found.items()}

    def lineage(self, *roles: str) -> dict[str, tuple[str, ...]]:
        """Every role whose rules reach these, with the shortest chain that leads there from one of them."""
        found: dict[str, tuple[str, ...]] = {role: (role,) for role in sorted(set(roles))}
        todo = list(found)
        for role in todo:  # it grows while it is walked
            for above in sorted(self.inherits.get(role, ())):
                if above not in found:
                    found[above] = (*found[role], above)
                    todo.append(above)
        for role in sorted(set(roles)):
            found.setdefault(EVERYONE, (role, EVERYONE))
        return found

    def rules_of(self, roles: Iterable[str]) -> tuple[Rule, ...]:
        """The rules that reach these roles, inherited ones and those of `everyone` included."""
        key = tuple(sorted(set(roles)))
        if key not in self._memo:
            self._memo[key] = tuple(
                rule for role in self.lineage(*key) for rule in self._by_role.get(role, ())
            )
        return self._memo[key]

    def about(self, *objects: str) -> Policy:
        """The same roles with only the rules on these objects: quick to ask for every role."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.object in objects))


@dataclass(frozen=True)
class Vocabulary:
    """What rules may speak of.

    Types with the acts and the relations that each knows, fields with their class, and the classes.
    """

    acts: Mapping[str, frozenset[str]]
    relations: Mapping[str, frozenset[str]]
    fields: Mapping[tuple[str, str], str]
    classes: frozenset[str]


def objects_of(type_name: str, field_name: str = "", class_name: str = "") -> tuple[str, ...]:
    """The objects by which rules speak of this type or, where a field is named, of this field."""
    if not field_name:
        return (f"type:{type_name}",)
    return f"class:{class_name}", f"type:{type_name}", f"field:{type_name}.{field_name}"


def covers(rule_object: str, type_name: str, field_name: str, class_name: str) -> bool:
    """Whether a rule's object covers this field (or, with an empty field, this type)."""
    return rule_object in objects_of(type_name, field_name, class_name)


IMPLIED = {("allow", MASK): SHOW, ("deny", SHOW): MASK}
"""Allowing `show` allows `mask`; denying `mask` denies `show`."""


def acts_implying(effect: str, asked: str) -> tuple[str, ...]:
    """The acts a rule with this effect may name so that it speaks of the act that is asked for."""
    other = IMPLIED.get((effect, asked))
    return (asked,) if other is None else (asked, other)


def implies(effect: str, rule_act: str, asked: str) -> bool:
    """Whether a rule on one act speaks of another."""
    return rule_act in acts_implying(effect, asked)


def within(relation: str, relations: str) -> bool:
    """Whether a rule's relation holds for a row that stands in these (`own+team`; empty for none)."""
    return relation == "all" or relation in relations.split("+")


def read_policy(folder: Path, faults: list[PolicyError] | None = None) -> Policy:
    """Read `roles.csv`, `grants.csv` and `model.conf`.

    Lines that can't be used are left out and added to `faults`; PolicyError where there is no such list.
    What the lines speak of is checked by `core.access.checks`.
    """
    found: list[PolicyError] = []
    roles, inherits = _read_roles(folder / ROLES, found)
    rules = _read_rules(folder / GRANTS, roles, found)
    model = folder / "model.conf"
    if not model.is_file():
        raise PolicyError(str(model), MISSING_FILE)
    if faults is None:
        refuse(found)
    else:
        faults += found
    above = {role: frozenset(names) for role, names in inherits.items()}
    return Policy(tuple(rules), roles, above, model.read_text(encoding="utf-8"), rules)


def _read_roles(path: Path, faults: list[PolicyError]) -> tuple[dict[str, Role], dict[str, set[str]]]:
    """The roles, and what each inherits from directly."""
    roles: dict[str, Role] = {EVERYONE: Role(EVERYONE, Text("everyone who is signed in", "所有已登录者"))}
    inherits: dict[str, set[str]] = {}
    links: list[tuple[str, str, str]] = []
    for place, row in _lines(path):
        match row:
            case ["role", name, english, chinese]:
                roles[name] = Role(name, Text(english, chinese))
            case ["g", child, parent]:
                links.append((place, child, parent))
            case _:
                faults.append(PolicyError(place, FULL_WIDTH if _full_width(row) else ROLE_FORM))
    for place, child, parent in links:
        unknown = [name for name in (child, parent) if name not in roles]
        if unknown:
            faults.append(_unknown_role(place, unknown[0], roles))
        elif child == EVERYONE:  # its rules are asked for every role, and those of no other
            faults.append(PolicyError(place, FROM_NOBODY))
        elif child in _ancestors(inherits, parent):
            faults.append(PolicyError(place, ITSELF, child=child))
        else:
            inherits.setdefault(child, set()).add(parent)
    return roles, inherits


def _read_rules(path: Path, roles: Mapping[str, Role], faults: list[PolicyError]) -> dict[Rule, str]:
    rules: dict[Rule, str] = {}
    for place, row in _lines(path):
        if _full_width(row):
            faults.append(PolicyError(place, FULL_WIDTH))
        elif len(row) != 6 or row[0] != "p":  # noqa: PLR2004
            faults.append(PolicyError(place, RULE_FORM))
        elif (rule := Rule(*row[1:])) in rules:
            faults.append(PolicyError(place, TWICE, other=rules[rule]))
        elif rule.role not in roles:
            faults.append(_unknown_role(place, rule.role, roles))
        elif rule.relation not in RELATIONS:
            faults.append(unknown(place, rule.relation, RELATIONS, NO_RELATION))
        elif rule.effect not in EFFECTS:
            faults.append(unknown(place, rule.effect, EFFECTS, NO_EFFECT))
        else:
            rules[rule] = place
    return rules


def unknown(place: str, name: str, known: Iterable[str], text: Text) -> PolicyError:
    """That there is no such name; where it differs in capitals only, how it is written."""
    meant = next((one for one in known if one.lower() == name.lower()), None)
    if meant is not None:
        return PolicyError(place, CAPITALS, name=name, meant=meant)
    return PolicyError(place, text, name=name, known=", ".join(sorted(known)))


def _unknown_role(place: str, name: str, roles: Mapping[str, Role]) -> PolicyError:
    return unknown(place, name, roles, UNKNOWN_ROLE)


def _full_width(row: Iterable[str]) -> bool:
    return any("，" in cell for cell in row)


ROLES, GRANTS = "roles.csv", "grants.csv"
FULL_WIDTH = Text(
    "separate with plain commas (,), not with full-width ones", "请用半角逗号（,）分隔，不要用全角逗号"
)
CAPITALS = Text("write {meant}, not {name}", "应写作 {meant}，而不是 {name}")
ROLE_FORM = Text(
    "write `role, NAME, English, 中文` or `g, ROLE, INHERITED`",
    "应写作 `role, 名称, English, 中文` 或 `g, 角色, 被继承角色`",
)
ITSELF = Text("{child} would inherit from itself", "{child} 将继承自身")
FROM_NOBODY = Text(
    "everyone inherits from nobody; give the rules to everyone itself",
    "everyone 不可继承其他角色；请直接向 everyone 授予规则",
)
RULE_FORM = Text(
    "write `p, ROLE, OBJECT, ACT, RELATION, allow|deny`", "应写作 `p, 角色, 对象, 动作, 关系, allow|deny`"
)
TWICE = Text("the same rule stands at {other}; remove one", "与 {other} 重复，请删去其一")
NO_RELATION = Text("unknown relation {name}; known: {known}", "未知关系 {name}；已知：{known}")
NO_EFFECT = Text("the effect is allow or deny, not {name}", "效果为 allow 或 deny，而不是 {name}")
UNKNOWN_ROLE = Text("unknown role {name}; declare it in roles.csv", "未知角色 {name}；请在 roles.csv 中声明")
NOT_UTF8 = Text("save the file as UTF-8", "请将文件另存为 UTF-8 编码")
MISSING_FILE = Text(
    "no such file; policies need model.conf, roles.csv and grants.csv",
    "文件不存在；策略需要 model.conf、roles.csv 和 grants.csv",
)


def _lines(path: Path) -> Iterable[tuple[str, list[str]]]:
    """(`file:line`, cells) of each line that says something."""
    if not path.is_file():
        raise PolicyError(str(path), MISSING_FILE)
    try:  # spreadsheets begin a file with a mark that nobody sees, and pad lines with commas
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError(path.name, NOT_UTF8) from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield (
                f"{path.name}:{number}",
                [cell.strip() for cell in next(csv.reader([line.rstrip(", ")], skipinitialspace=True))],
            )


def _ancestors(inherits: Mapping[str, set[str]], role: str) -> set[str]:
    seen: set[str] = set()
    todo = [role]
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += inherits.get(name, ())
    return seen
