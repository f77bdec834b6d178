"""Whether policies speak of what there is: found before they count, line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.access.cells import RELATIONS
from core.access.rules import MASK, READ, SHOW, WRITE, Policy, PolicyError, Rule, Vocabulary, unknown
from core.text import Text

FIELD_ACTS = frozenset((SHOW, MASK, WRITE))
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
PUBLIC_FIELD = Text(
    "a public field can't be hidden; hide the rows instead (deny read on the type)",
    "公开字段不可隐藏；请改为隐藏行（拒绝该类型的 read）",
)


def faults_of(policy: Policy, words: Vocabulary) -> Iterator[PolicyError]:
    """A fault for each rule that speaks of what is not there, never holds, or would hide a public field."""
    for rule in policy.rules:
        fault = _fault(rule, policy.places.get(rule, str(rule)), words)
        if fault is not None:
            yield fault


def _fault(rule: Rule, place: str, words: Vocabulary) -> PolicyError | None:
    sort, _, name = rule.object.partition(":")
    type_name = name.partition(".")[0]
    known: Collection[str]
    match sort:
        case "class":
            known, text, acts, public = words.classes, NO_CLASS, FIELD_ACTS, name == "public"
        case "type":
            known, text, public = words.acts, NO_TYPE, False
            acts = words.acts.get(name, frozenset()) | FIELD_ACTS | {READ}
        case "field":
            known = [f"{t}.{f}" for t, f in words.fields if t.lower() == type_name.lower()]
            text, acts = NO_FIELD, FIELD_ACTS
            public = words.fields.get((type_name, name.partition(".")[2])) == "public"
        case _:
            return PolicyError(place, NO_OBJECT)
    if name not in known:
        return unknown(place, name, known, text)
    if rule.act not in acts:
        return unknown(place, rule.act, acts, NO_ACT)
    relations = words.relations.get(type_name, RELATIONS)
    if rule.relation not in relations:
        listed = ", ".join(one for one in RELATIONS if one in relations)
        return PolicyError(place, NEVER, name=rule.relation, type=type_name, known=listed)
    if public and rule.effect == "deny" and rule.act in (SHOW, MASK):
        return PolicyError(place, PUBLIC_FIELD)
    return None
