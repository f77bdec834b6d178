"""Rules: who may do what to which information, in which relation.

Lines are read in `core.access.lines`; `core.access.checks` asks whether they speak of what there is. A rule
grants or denies an *act* on an *object* (`class:contact`, `type:Customer`, `field:Customer.phone`) to a
*role* for a *relation*, or while a *circumstance* holds. There are no priorities: a matching deny wins, else
the most revealing allow, and order never matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.access.circumstances import OF_REQUESTS, mentioned
from core.errors import ConfigurationError
from core.text import Language, Text

EVERYONE = "everyone"
SHOW, MASK, READ, WRITE, EXPORT = "show", "mask", "read", "write", "export"
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

    @cached_property
    def circumstances(self) -> frozenset[str]:
        """Those that any rule speaks of."""
        return mentioned(self.rules)

    @cached_property
    def of_requests(self) -> frozenset[str]:
        """Those among them that may be otherwise with each request."""
        return self.circumstances & OF_REQUESTS

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

    def with_rules(self, rules: Iterable[Rule]) -> Policy:
        """The same with these rules beside its own."""
        return replace(self, rules=(*self.rules, *rules))

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
    """Whether a rule's relation is one of these: `own+team`, `all+outside-hours`; `all` always is."""
    return relation == "all" or relation in relations.split("+")


def unknown(place: str, name: str, known: Iterable[str], text: Text) -> PolicyError:
    """That there is no such name; where it differs in capitals only, how it is written."""
    meant = next((one for one in known if one.lower() == name.lower()), None)
    if meant is not None:
        return PolicyError(place, CAPITALS, name=name, meant=meant)
    return PolicyError(place, text, name=name, known=", ".join(sorted(known)))


ROLES, GRANTS = "roles.csv", "grants.csv"
CAPITALS = Text("write {meant}, not {name}", "应写作 {meant}，而不是 {name}")
