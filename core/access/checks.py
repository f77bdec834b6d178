"""Whether policies speak of what there is: found before they count, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from core.access.cells import RELATIONS
from core.access.circumstances import CIRCUMSTANCES, KNOWN_FIRST, WITHOUT_CONSENT
from core.access.rules import (
    MASK,
    PUBLIC,
    READ,
    SHOW,
    WRITE,
    Policy,
    PolicyError,
    Rule,
    Vocabulary,
    unknown,
)
from core.text import Text

FIELD_ACTS = frozenset((SHOW, MASK, WRITE))
EVERYWHERE = frozenset((*RELATIONS, WITHOUT_CONSENT))
NO_CLASS = Text("unknown class {name}; known: {known}", "未知类别 {name}；已知：{known}")
NO_TYPE = Text("unknown type {name}; known: {known}", "未知类型 {name}；已知：{known}")
NO_FIELD = Text("unknown field {name}; known: {known}", "未知字段 {name}；已知：{known}")
NO_ACT = Text("{name} is no act here; known: {known}", "此处无动作 {name}；已知：{known}")
NO_OBJECT = Text(
    "the object is class:…, type:… or field:Type.name", "对象为 class:…、type:… 或 field:类型.字段"
)
NEVER = Text(
    "{name} never holds for {type}; relations that can: {known}", "{type} 不存在 {name} 关系；可用：{known}"
)
DENY_ONLY = Text(
    "{name} can only deny; allow by own, team, department or all, and deny while it holds",
    "{name} 只能用于 deny；请按 own、team、department 或 all 授予，并在其成立时 deny",
)
ALLOW_ONLY = Text(
    "{name} can only allow; to take away what it opens, remove that line",
    "{name} 只能用于 allow；如需收回，请删除相应的行",
)
PUBLIC_FIELD = Text(
    "a public field can't be hidden; hide the rows instead (deny read on the type)",
    "公开字段不可隐藏；请改为隐藏行（拒绝该类型的 read）",
)


def faults_of(policy: Policy, words: Vocabulary) -> Iterator[PolicyError]:
    """A fault for each rule that speaks of what is not there, never holds, or would hide a public field."""
    check = _Check(policy, words)
    return (fault for rule in policy.rules if (fault := check(rule)) is not None)


def in_use(policy: Policy, words: Vocabulary) -> tuple[Rule, ...]:
    """The rules without those that rest: what they speak of went with a plugin that is off.

    Only what can open nothing rests: a rule about a type that is not there, and one that allows. One that
    denies a class, field or act that is not there any more stays, and is a fault: it may have a new name.
    """
    check = _Check(policy, words)
    return tuple(rule for rule in policy.rules if not check.rests(rule))


class _Check:
    """Looks at one rule after the other; what it compares with is made once."""

    def __init__(self, policy: Policy, words: Vocabulary) -> None:
        self._places, self._words = policy.places, words
        self._fields: defaultdict[str, set[str]] = defaultdict(set)
        for type_name, name in words.fields:
            self._fields[type_name.lower()].add(f"{type_name}.{name}")
        self._acts = {name: acts | FIELD_ACTS | {READ} for name, acts in words.acts.items()}

    def rests(self, rule: Rule) -> bool:
        """Whether there is nothing that the rule speaks of, and it can safely be left out of account."""
        sort, _, name = rule.object.partition(":")
        type_name, _, field = name.partition(".")
        words = self._words
        absent = {"type": name not in words.acts, "field": type_name.lower() not in self._fields}
        if absent.get(sort, False):
            return True
        there = {"class": name in words.classes, "field": (type_name, field) in words.fields}
        acts = self._acts[type_name] if sort == "type" else FIELD_ACTS
        return rule.effect == "allow" and not (there.get(sort, True) and rule.act in acts)

    def __call__(self, rule: Rule) -> PolicyError | None:
        sort, _, name = rule.object.partition(":")
        type_name, _, field = name.partition(".")
        words, acts = self._words, FIELD_ACTS
        known: Collection[str]
        match sort:
            case "class":
                known, text, public = words.classes, NO_CLASS, name == PUBLIC
            case "type":
                known, text, public = words.acts, NO_TYPE, False
                acts = self._acts.get(name, FIELD_ACTS)
            case "field":
                known, text = self._fields.get(type_name.lower(), ()), NO_FIELD
                public = words.fields.get((type_name, field)) == PUBLIC
            case _:
                return PolicyError(self._place(rule), NO_OBJECT)
        if name not in known:
            return unknown(self._place(rule), name, known, text)
        if rule.act not in acts:
            return unknown(self._place(rule), rule.act, acts, NO_ACT)
        if fault := self._misfit(rule, type_name):
            return fault
        if public and rule.effect == "deny" and rule.act in (SHOW, MASK):
            return PolicyError(self._place(rule), PUBLIC_FIELD)
        return None

    def _misfit(self, rule: Rule, type_name: str) -> PolicyError | None:
        """That the relation never holds, or the circumstance is none to allow (or deny) by."""
        relations = self._words.relations.get(type_name, EVERYWHERE) | KNOWN_FIRST
        if rule.relation not in relations:
            listed = ", ".join(one for one in (*RELATIONS, *CIRCUMSTANCES) if one in relations)
            return PolicyError(self._place(rule), NEVER, name=rule.relation, type=type_name, known=listed)
        circumstance = CIRCUMSTANCES.get(rule.relation)
        if circumstance is not None and circumstance.effect != rule.effect:
            text = DENY_ONLY if circumstance.effect == "deny" else ALLOW_ONLY
            return PolicyError(self._place(rule), text, name=rule.relation)
        return None

    def _place(self, rule: Rule) -> str:
        return self._places.get(rule, str(rule))
